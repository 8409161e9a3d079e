import { app } from "./entries.mjs";

Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: ({ port }) => console.log(`serves http://127.0.0.1:${port}`) }, app);
