import { randomUUID } from "node:crypto";
import { fail, type Input, isObject, optional, record as readRecord, shown, string, word } from "../document/index.ts";
import { findAlias } from "./aliases.ts";
import { readParts } from "./body.ts";
import { type Changed, changesOf, type Terms, timestamp } from "./change.ts";
import { Fault } from "./fault.ts";
import type { FunctionRecord, TriggerRecord } from "./record.ts";
import type { Snapshot } from "./store.ts";
import type { Qualifier } from "./urn.ts";

/** Triggers that a function has at most; a bound of this service, because the service documents none that would fit all types. */
const MOST_TRIGGERS = 100;

/** A trigger as the service answers it. */
export interface TriggerAnswer {
  readonly trigger_id: string;
  readonly trigger_type_code: string;
  readonly trigger_status: "ACTIVE" | "DISABLED";
  readonly event_data: unknown;
  readonly created_time: string;
  readonly last_updated_time: string;
}

interface SentTrigger {
  readonly type: string;
  readonly status: "ACTIVE" | "DISABLED";
  readonly event: unknown;
}

/** A trigger as the service answers it. */
export function triggerAnswer({ id, type, status, event, created }: TriggerRecord): TriggerAnswer {
  return {
    trigger_id: id,
    trigger_type_code: type,
    trigger_status: status,
    event_data: event,
    created_time: created,
    last_updated_time: created,
  };
}

/**
 * Records that a trigger calls an alias, or a version. This service fires none: a trigger only keeps the alias that it calls from being
 * deleted.
 */
export function createTrigger(
  from: Snapshot,
  record: FunctionRecord,
  qualifier: Qualifier | undefined,
  body: string,
  terms: Terms,
): Changed<TriggerAnswer> {
  const sent = readParts(body, readTrigger);
  if (record.triggers.length >= MOST_TRIGGERS) throw new Fault("FSS.0403", `the function has ${MOST_TRIGGERS} triggers already`);
  const alias = qualifier?.kind === "alias" ? findAlias(record, qualifier.name).name : undefined;
  const trigger: TriggerRecord = { id: randomUUID(), ...sent, alias, created: timestamp(terms.now) };
  return {
    record: { ...record, triggers: [...record.triggers, trigger] },
    changes: changesOf(from, terms, [{ action: "create", what: "trigger", name: trigger.id }]),
    answer: triggerAnswer(trigger),
  };
}

/** Deletes a trigger. */
export function deleteTrigger(from: Snapshot, record: FunctionRecord, type: string, id: string, terms: Terms): Changed<undefined> {
  const trigger = record.triggers.find((each) => each.id === id && each.type === type);
  if (trigger === undefined) throw new Fault("FSS.0404", `the function has no trigger ${shown(id)} of the type ${shown(type)}`);
  return {
    record: { ...record, triggers: record.triggers.filter((each) => each !== trigger) },
    changes: changesOf(from, terms, [{ action: "delete", what: "trigger", name: id }]),
    answer: undefined,
  };
}

function readTrigger(input: Input): SentTrigger | undefined {
  const fields = readRecord(input, ["trigger_type_code", "trigger_status", "event_type_code", "event_data"]);
  if (fields === undefined) return undefined;
  const type = string(fields.trigger_type_code);
  if (type !== undefined && !/^[A-Z][A-Z0-9_-]{0,63}$/.test(type)) {
    return fail(
      fields.trigger_type_code,
      "trigger-type",
      `${shown(type)} is no type of a trigger`,
      "capital letters, such as `TIMER` or `APIG`",
    );
  }
  const status = optional(fields.trigger_status, (text) =>
    word(text, ["ACTIVE", "DISABLED"] as const, "trigger-type", "status of a trigger"),
  );
  optional(fields.event_type_code, string);
  if (type === undefined) return undefined;
  return { type, status: status ?? "ACTIVE", event: isObject(fields.event_data) ? fields.event_data.value : {} };
}
