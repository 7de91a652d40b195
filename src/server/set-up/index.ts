/** The set-up: registers the app on GitHub from `app.yml`, and writes its credentials to `.env`. */
export { startSetUp } from "./set-up.ts";
