import { alibaba } from "./cloud/alibaba.ts";
import { aws, cloudformation } from "./cloud/aws.ts";
import { tencent } from "./cloud/tencent.ts";
import { apache } from "./engine/apache.ts";
import { caddy } from "./engine/caddy.ts";
import { haproxy } from "./engine/haproxy.ts";
import { lua } from "./engine/lua.ts";
import { nginx } from "./engine/nginx.ts";
import { njs, quickjs } from "./engine/njs.ts";
import { varnish } from "./engine/varnish.ts";
import { flagd } from "./flag/flagd.ts";
import { launchdarkly } from "./flag/launchdarkly.ts";
import type { Target } from "./format.ts";
import { apisix } from "./mesh/apisix.ts";
import { envoy } from "./mesh/envoy.ts";
import { gatewayApi } from "./mesh/gateway-api.ts";
import { higress, ingressNginx } from "./mesh/ingress-nginx.ts";
import { istio } from "./mesh/istio.ts";
import type { Source } from "./reading.ts";

/** What an alias can be written as. */
export const TARGETS: readonly Target[] = [
  haproxy,
  nginx,
  njs,
  lua,
  varnish,
  apache,
  caddy,
  quickjs,
  envoy,
  istio,
  gatewayApi,
  ingressNginx,
  apisix,
  flagd,
  aws,
  cloudformation,
  alibaba,
  tencent,
];

/** What an alias can be read from. A document is of the first that takes it. */
export const SOURCES: readonly Source[] = [ingressNginx, higress, istio, gatewayApi, apisix, alibaba, tencent, aws, flagd, launchdarkly];
