/** The command line that examines an installation and says what is wrong with it. */
export { runDoctor } from "./run-doctor.ts";
export type { DoctorSurroundings } from "./run-doctor.ts";
