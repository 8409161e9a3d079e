import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { drawAt } from "../slots.ts";
import { explain } from "../../index.ts";
import type { Page } from "../page.ts";
import { Answer } from "./answer.tsx";
import { Reach } from "./reach.tsx";
import { RequestForm } from "./form.tsx";
import { requestOfRows } from "./request.ts";
import { SaveCase } from "./save-case.tsx";

interface Props {
  readonly page: Page;
  /** Whether the plan is one that a gateway serves, of which there is no text here to prove and to test. */
  readonly served?: boolean;
}

/** A request, what the alias makes of it, and which requests come to its strategies. */
export function Ask({ page, served = false }: Props): JSX.Element {
  const { state, reading, say, light } = page;
  const request = useMemo(() => requestOfRows(state.rows), [state.rows]);
  const explanation = useMemo(() => {
    if (reading.plan === undefined || "fault" in request) return undefined;
    // A random draw is the lowest until a slot is chosen, so that the page shows the same each time.
    const draw = state.slot === undefined ? undefined : drawAt(state.slot);
    return explain(reading.plan, request, draw, { random: () => 0 });
  }, [reading.plan, request, state.slot]);

  const at = explanation?.decision.at;
  useEffect(() => {
    light(at);
    return () => light(undefined);
  }, [at]);

  return (
    <>
      <RequestForm page={page} fault={"fault" in request ? request.fault : undefined} />
      {explanation === undefined || reading.plan === undefined || "fault" in request ? (
        reading.plan === undefined && <p class="empty">{say("broken")}</p>
      ) : (
        <>
          <Answer page={page} explanation={explanation} />
          {!served && <SaveCase page={page} plan={reading.plan} request={request} explanation={explanation} />}
        </>
      )}
      {reading.plan !== undefined && !served && <Reach page={page} plan={reading.plan} />}
    </>
  );
}
