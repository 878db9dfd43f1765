/** How many random runs a property is put to: ten thousand in `npm run test:long`. */
export const numRuns = Number(process.env.PLAN_RUNS ?? 300);

/** Whether scenes are to be played in all their variants. */
export const isLong = numRuns >= 10_000;
