import { EXAMPLES } from "./examples.ts";
import { readFragment } from "./fragment.ts";
import { docOf, type State } from "./state.ts";

/** What the page begins with, and whether a link has brought it, or could not be read. */
export interface Beginning {
  readonly state: State;
  readonly link: "none" | "carried" | "broken";
  /** Whether a gateway serves the page, which then shows it. */
  readonly live: boolean;
}

/** What the link carries, the files that the page was made with, or an example. */
export async function beginning(fragment: string): Promise<Beginning> {
  const live = document.getElementById("live") !== null;
  const fresh: State = {
    docs: (embedded() ?? EXAMPLES.slice(0, 1)).map(({ name, text }, id) => docOf(id, name, text)),
    active: 0,
    other: undefined,
    profile: "extended",
    tab: live ? "live" : "ask",
    rows: [{ part: "path", name: "", value: "/" }],
    slot: undefined,
    suite: "",
  };
  if (fragment === "") return { state: fresh, link: "none", live };
  const carried = await readFragment(fragment);
  if (carried === undefined) return { state: fresh, link: "broken", live };
  const { tab = fresh.tab, ...rest } = carried;
  return { state: { ...fresh, ...rest, tab: tab === "live" ? fresh.tab : tab }, link: "carried", live };
}

/** The files that the page was made with; undefined where it was made with none. They are data of the page: no address is asked. */
function embedded(): readonly { readonly name: string; readonly text: string }[] | undefined {
  const text = document.getElementById("files")?.textContent;
  if (text === undefined || text === null) return undefined;
  const files = JSON.parse(text) as readonly { readonly name: string; readonly text: string }[];
  return files.length === 0 ? undefined : files;
}
