/** In place of the code of a thread: takes memory until there is none, but for files that say they are small. */
export default function search(request: { readonly path: string | null }): unknown {
  const held: string[][] = [];
  while (request.path !== "small") held.push(Array.from({ length: 10_000 }, (_, index) => `${index}`));
  return { findings: [], gaps: [], unopened: [], needsWhole: false, isOverBudget: false };
}
