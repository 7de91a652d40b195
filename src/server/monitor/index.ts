/** Monitoring: health, readiness, metrics and the watch over the clock, put together for one process. */
export { measureDeliveries } from "./measure-deliveries.ts";
export { createMonitor } from "./monitor.ts";
export type { Monitor } from "./monitor.ts";
export { MonitorPortError } from "./monitor-server.ts";
