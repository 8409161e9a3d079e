import { app } from "./entries.mjs";

const { url } = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: app });
console.log(`serves ${url.origin}`);
