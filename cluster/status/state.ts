/** How something stands, worst first: it will not get there by itself; it is on its way; it is as asked for. */
const states = ["not well", "working", "well"] as const;

export type State = (typeof states)[number];

export function worstOf(all: readonly State[]): State {
  return states.find((state) => all.includes(state)) ?? "well";
}

/** Worst first, and otherwise in the order in which they came. */
export function worstFirst<T extends { readonly state: State }>(all: readonly T[]): T[] {
  return states.flatMap((state) => all.filter((each) => each.state === state));
}
