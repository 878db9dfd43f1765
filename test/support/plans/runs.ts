/** How many random runs a property is put to: ten thousand in `npm run check -- long`. */
export const numRuns = Number(process.env.PLAN_RUNS ?? 100);

/** Whether scenes are to be played in all their variants. */
export const isLong = numRuns >= 10_000;
