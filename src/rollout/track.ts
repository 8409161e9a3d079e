import { adopt, type Input, type Pointer } from "../document/index.ts";
import { type AliasConfig, parse, type StrategyConfig, type Version } from "../alias/index.ts";
import { type Plan, planOf } from "../plan/index.ts";

/** What a rollout does beside splitting requests: it is told, and not simulated. */
export interface Mark {
  readonly at: Pointer;
  /** The key that stands for it: `analysis`, `experiment`, `pause`, … */
  readonly kind: string;
  /** What happens, in a few words. Names in it are other people's. */
  readonly text: string;
}

/** What the alias is for a while. */
export interface Stage {
  /** `before`, `step 1`, …, `promoted`. */
  readonly name: string;
  /** The first of the steps that make it; empty for what the alias is before, and after the last. */
  readonly at: Pointer;
  readonly alias: AliasConfig;
  readonly plan: Plan;
  /** How long it lasts; undefined where that is not known, as where someone has to resume, and for the first and the last stage. */
  readonly seconds: number | undefined;
  /** What happens meanwhile, in the order of the steps. */
  readonly marks: readonly Mark[];
}

/** Where something was set, and whether parts of it stand there as they do in an alias. */
interface Place {
  readonly at: Pointer;
  readonly nested: boolean;
}

/** A route by headers. */
export interface Route {
  readonly combine: "and" | "or";
  readonly rules: NonNullable<StrategyConfig["rules"]>;
}

type Weights = AliasConfig["additional_version_weights"];
type Strategy = AliasConfig["additional_version_strategy"];

/** Makes the stages of a rollout: what is set takes effect together, once it is said how long it lasts. */
export class Track {
  readonly canary: Version;
  /** Routes by headers; together they are the strategy of the canary. */
  readonly routes: Map<string, Route> = new Map<string, Route>();
  strategy: Strategy;
  readonly #input: Input;
  readonly #alias: AliasConfig;
  readonly #stages: Stage[];
  #weights: Weights;
  #weightsPlace: Place | undefined;
  #strategyPlace: Place | undefined;
  #from: Pointer | undefined;
  /** Whether all that was set since the last stage is that an experiment has ended. */
  #ended = false;
  #marks: Mark[] = [];

  /** `input` is anything that is read: complaints go where its go. */
  constructor(input: Input, alias: AliasConfig, canary: Version) {
    this.#input = input;
    this.#alias = alias;
    this.canary = canary;
    this.#weights = alias.additional_version_weights;
    this.strategy = alias.additional_version_strategy;
    this.#stages = [{ name: "before", at: "", alias, plan: planOf(alias), seconds: undefined, marks: [] }];
  }

  /** The canary gets so many percent. */
  setWeight(percent: number, at: Pointer): void {
    this.#setWeights({ ...this.#weights, [this.canary]: percent }, { at, nested: false });
  }

  /** All weights. */
  setWeights(weights: Weights, at: Pointer): void {
    this.#setWeights(weights, { at, nested: true });
  }

  #setWeights(weights: Weights, place: Place): void {
    this.#begin(place.at);
    this.#weights = weights;
    this.#weightsPlace = place;
  }

  /** All strategies. */
  setStrategy(strategy: Strategy, at: Pointer): void {
    this.#begin(at);
    this.strategy = strategy;
    this.#strategyPlace = { at, nested: true };
  }

  /** A route by headers in place of the one with this name; without one it is removed. */
  setRoute(name: string, route: Route | undefined, at: Pointer): void {
    this.#begin(at);
    if (route === undefined) this.routes.delete(name);
    else this.routes.set(name, route);
    this.#strategyPlace = { at, nested: false };
  }

  /** What is told of the stage that is being made, or else of the last one. */
  mark(mark: Mark): void {
    if (this.#from !== undefined && !this.#ended) {
      this.#marks.push(mark);
      return;
    }
    const last = this.#stages.pop();
    if (last !== undefined) this.#stages.push({ ...last, marks: [...last.marks, mark] });
  }

  /** What has been set lasts so long; where nothing has been set, the last stage lasts longer. */
  last(seconds: number | undefined): void {
    if (this.#from !== undefined) {
      this.#close(seconds);
      return;
    }
    const last = this.#stages.at(-1);
    if (last === undefined || this.#stages.length === 1) return;
    const sum = last.seconds === undefined || seconds === undefined ? undefined : last.seconds + seconds;
    this.#stages[this.#stages.length - 1] = { ...last, seconds: sum };
  }

  /** For so long the canary gets `percent` more, and then again what it had. */
  experiment(percent: number, seconds: number | undefined, mark: Mark): void {
    const { at } = mark;
    const weights = this.#weights;
    const had = weights?.[this.canary];
    this.setWeight(Number(((typeof had === "number" ? had : 0) + percent).toFixed(9)), at);
    this.mark(mark);
    this.#close(seconds);
    this.#setWeights(weights, { at, nested: false });
    this.#ended = true;
  }

  /** All stages. What was set last, and lasts no time, is one too. */
  stages(): readonly Stage[] {
    if (this.#from !== undefined && !this.#ended) this.#close(0);
    return this.#stages;
  }

  #begin(at: Pointer): void {
    if (this.#from === undefined || this.#ended) this.#from = at;
    this.#ended = false;
  }

  #close(seconds: number | undefined): void {
    const told = { name: `step ${this.#stages.length}`, at: stepOf(this.#from ?? ""), seconds, marks: this.#marks };
    const stage = this.#stage(told);
    if (stage !== undefined) this.#stages.push(stage);
    this.#from = this.#weightsPlace = this.#strategyPlace = undefined;
    this.#ended = false;
    this.#marks = [];
  }

  /** The stage that has come about. What is wrong with it is told of the step that has set it. */
  #stage(told: Pick<Stage, "name" | "at" | "seconds" | "marks">): Stage | undefined {
    const config: AliasConfig = {
      ...this.#alias,
      additional_version_weights: this.#weights,
      additional_version_strategy: this.#routed(),
    };
    const checked = parse(config);
    if (checked.ok) return { ...told, alias: config, plan: planOf(config) };
    for (const diagnostic of checked.diagnostics) {
      if (diagnostic.severity !== "error") continue;
      const [place, within] = this.#placeOf(diagnostic.at);
      if (place !== undefined) adopt(this.#input, place.at, [{ ...diagnostic, at: place.nested ? within : "" }]);
    }
    return undefined;
  }

  #routed(): Strategy {
    const routes = [...this.routes.values()];
    const rules = routes.flatMap((route) => route.rules);
    // A route without a rule has been refused already.
    if (rules.length === 0) return this.strategy;
    const combine = routes.length === 1 ? routes[0]?.combine : "or";
    return { ...this.strategy, [this.canary]: { combine_type: combine, rules } };
  }

  /** The step that has set what a complaint is about, and the place in what it has set. */
  #placeOf(at: Pointer): readonly [Place | undefined, Pointer] {
    const [, key = "", ...rest] = at.split("/");
    const within = rest.map((part) => `/${part}`).join("");
    if (key === "additional_version_weights") return [this.#weightsPlace, within];
    if (key === "additional_version_strategy") return [this.#strategyPlace, within];
    return [this.#weightsPlace ?? this.#strategyPlace, ""];
  }
}

/** `/steps/3` of `/steps/3/setWeight`; other pointers as they are. */
function stepOf(at: Pointer): Pointer {
  return /^.*\/steps\/\d+/.exec(at)?.[0] ?? at;
}
