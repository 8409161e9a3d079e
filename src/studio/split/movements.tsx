import type { JSX } from "preact";
import { keysOf, type Pointer, type Shift } from "../../index.ts";
import type { Page } from "../page.ts";
import { percent, SLOTS } from "../slots.ts";
import { WitnessLine } from "../witness.tsx";
import type { Comparison } from "../worker/jobs.ts";

/** What moves, counted and proved, and whether the two aliases route alike. */
export function Movements({ page, comparison }: { readonly page: Page; readonly comparison: Comparison }): JSX.Element {
  const { say, colour } = page;
  const { movement } = comparison;
  const { moved, least, moves, redrawn, shifts, unchanged, undecided } = movement;
  const changes = moves.filter(({ from, to }) => from !== to);
  return (
    <>
      <dl class="figures">
        {(["moved", "least", "avoidable"] as const).map((name) => (
          <div key={name}>
            <dt>{say(name)}</dt>
            <dd>{percent({ moved, least, avoidable: moved - least }[name])}</dd>
          </div>
        ))}
      </dl>
      {unchanged && <p class="proof">{say("movement.none")}</p>}
      {redrawn && <p class="warning">{say("movement.redrawn")}</p>}
      {undecided && <p class="warning">{say("movement.undecided")}</p>}
      {changes.length > 0 && (
        <>
          <h3>{say("movement.split")}</h3>
          <table>
            <thead>
              <tr>
                <th scope="col">{say("from")}</th>
                <th scope="col">{say("to")}</th>
                <th scope="col" class="figure">
                  {say("moved")}
                </th>
              </tr>
            </thead>
            <tbody>
              {changes.map(({ from, to, slots }) => (
                <tr key={`${from} ${to}`}>
                  <td>
                    <span class={`dot v${colour(from)}`} />
                    {from}
                  </td>
                  <td>
                    <span class={`dot v${colour(to)}`} />
                    {to}
                  </td>
                  <td class="figure">{percent(slots)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
      {shifts.length > 0 && (
        <>
          <h3>{say("shifts")}</h3>
          <ul class="shifts">
            {shifts.map((shift, index) => (
              <ShiftLine key={index} page={page} shift={shift} />
            ))}
          </ul>
        </>
      )}
      <Alike page={page} comparison={comparison} />
    </>
  );
}

function ShiftLine({ page, shift: { before, after, from, to, witness } }: { readonly page: Page; readonly shift: Shift }): JSX.Element {
  const { say } = page;
  const name = (at: Pointer): string => (at === "/version" ? say("shift.split") : (keysOf(at).at(-1) ?? ""));
  const shares = (of: Readonly<Record<string, number>>): string =>
    Object.entries(of)
      .map(([version, slots]) => (slots === SLOTS ? version : `${version} ${percent(slots)}`))
      .join(", ");
  return (
    <li>
      <p>
        {name(before)} → {name(after)}: <strong>{shares(from)}</strong> → <strong>{shares(to)}</strong>
      </p>
      {witness !== undefined && (
        <p>
          <WitnessLine page={page} request={witness} />
        </p>
      )}
    </li>
  );
}

function Alike({ page, comparison: { equivalence } }: { readonly page: Page; readonly comparison: Comparison }): JSX.Element {
  const { say } = page;
  return (
    <>
      <h3>{say("equivalent")}</h3>
      {equivalence.kind === "equivalent" && <p class="proof">{say("equivalent.yes")}</p>}
      {equivalence.kind === "unknown" && <p class="warning">{say("equivalent.unknown", equivalence.why)}</p>}
      {equivalence.kind === "different" && (
        <>
          <p>{say("equivalent.no")}</p>
          <p>
            <WitnessLine page={page} request={equivalence.request} draw={equivalence.draw} />
          </p>
        </>
      )}
    </>
  );
}
