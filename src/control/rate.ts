import { Fault } from "./fault.ts";

/** Projects whose rate is remembered; one that has not sent anything for a while starts anew. */
const MOST_PROJECTS = 10_000;

/** Lets so many requests of a project through in a second, and up to twice as many at once. Throws FSS.0429 for more. */
export function limiter(rate: number): (project: string, now: Date) => void {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (project, now) => {
    const at = now.getTime();
    const bucket = buckets.get(project) ?? { tokens: 2 * rate, at };
    bucket.tokens = Math.min(2 * rate, bucket.tokens + (Math.max(0, at - bucket.at) / 1_000) * rate);
    bucket.at = at;
    buckets.delete(project);
    buckets.set(project, bucket);
    if (buckets.size > MOST_PROJECTS) buckets.delete(buckets.keys().next().value ?? "");
    if (bucket.tokens < 1) {
      const seconds = Math.max(1, Math.ceil((1 - bucket.tokens) / rate));
      throw new Fault("FSS.0429", `the project has sent more than ${rate} requests a second`, {
        headers: { "retry-after": String(seconds) },
      });
    }
    bucket.tokens -= 1;
  };
}
