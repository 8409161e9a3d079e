import { app } from "./entries.mjs";

export default { fetch: app };
