import { say } from "../tools/progress";
import { type Cost, measure, median, type Place } from "./measure";

/** What was measured, by its row in the table. */
export class Costs {
  private readonly all = new Map<string, Cost[]>();

  async add(
    what: string,
    command: readonly [string, ...string[]],
    place: Place,
    accepted?: readonly number[],
  ): Promise<void> {
    const cost = await measure(command, place, accepted);
    say(`  ${what}: ${cost.wall.toFixed(1)} s`);
    this.all.set(what, [...(this.all.get(what) ?? []), cost]);
  }

  medians(): Map<string, Cost> {
    return new Map([...this.all].map(([what, costs]) => [what, median(costs)]));
  }
}
