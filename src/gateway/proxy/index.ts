/** The reference gateway, a reverse proxy that routes by aliases: the surface of `canary-router/gateway/proxy`. */
export { SERVE_CODES } from "./codes.ts";
export {
  type Address,
  type AdminConfig,
  type GatewayConfig,
  type GuardConfig,
  type Limits,
  type LogLevel,
  parseGateway,
  type RouteConfig,
  type SourceConfig,
  type Timeouts,
} from "./config.ts";
export type { OpenStore } from "./origin.ts";
export type { TokenConfig } from "./reading.ts";
export type { AffinityConfig, OverrideConfig, TrustConfig } from "./visitors.ts";
export type { AdminPage } from "./admin.ts";
export { type Gateway, type GatewayOptions, startGateway } from "./gateway.ts";
export type { Log } from "./log.ts";
export { tryGateway, type Trial } from "./trial.ts";
export { watchFile } from "./watch-file.ts";
