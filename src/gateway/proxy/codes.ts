import { codesIn, type CodesOf } from "../../document/index.ts";

declare module "../../document/diagnostic.ts" {
  interface Codes {
    readonly address: "serve";
    readonly "admin-token": "serve";
    readonly "alias-source": "serve";
    readonly upstream: "serve";
    readonly "upstream-target": "serve";
    readonly "route-match": "serve";
    readonly "route-repeat": "serve";
    readonly quantity: "serve";
    readonly affinity: "serve";
    readonly override: "serve";
  }
}

/** The codes of reading the config of a gateway. */
export const SERVE_CODES: readonly CodesOf<"serve">[] = codesIn<"serve">({
  address: "serve",
  "admin-token": "serve",
  "alias-source": "serve",
  upstream: "serve",
  "upstream-target": "serve",
  "route-match": "serve",
  "route-repeat": "serve",
  quantity: "serve",
  affinity: "serve",
  override: "serve",
});
