/** How many cases a property takes: `few` in the suite, which must stay quick, `many` when `npm run fuzz` asks for them. */
export const runs = (few: number, many = 100_000): { readonly numRuns: number } => ({
  numRuns: import.meta.env.MODE === "fuzz" ? many : few,
});
