import * as main from "canary-router";
import * as edge from "canary-router/edge";
import * as emit from "canary-router/emit";
import * as gateway from "canary-router/gateway";
import * as hono from "canary-router/hono";
import * as jit from "canary-router/jit";
import * as simulate from "canary-router/simulate";
import * as testing from "canary-router/testing";
import { appOf } from "./app.ts";

/** What each runtime serves. */
export const app = appOf({ main, edge, emit, gateway, hono, jit, simulate, testing });
