import type { Plan } from "../../index.ts";
import type { LiveAnswer } from "./look.ts";

/** An answer of the gateway that serves the page, or why there is none. */
export type Answered<T> =
  | { readonly kind: "answered"; readonly value: T }
  | { readonly kind: "token" }
  | { readonly kind: "failed"; readonly why: string };

/** Asks for what is served now. */
export function askLive(token: string): Promise<Answered<LiveAnswer>> {
  return ask<LiveAnswer>("live", token);
}

/** Asks for the plan of an alias. */
export function askPlan(alias: string, token: string): Promise<Answered<Plan>> {
  return ask<Plan>(`plan?${new URLSearchParams({ alias }).toString()}`, token);
}

async function ask<T>(path: string, token: string): Promise<Answered<T>> {
  try {
    const response = await fetch(path, { headers: token === "" ? {} : { authorization: `Bearer ${token}` }, cache: "no-store" });
    if (response.status === 401) return { kind: "token" };
    if (!response.ok) return { kind: "failed", why: `${response.status} ${response.statusText}` };
    return { kind: "answered", value: (await response.json()) as T };
  } catch (error) {
    return { kind: "failed", why: error instanceof Error ? error.message : String(error) };
  }
}
