/** How many random runs a plan is put to, and five times as many as a node: 10,000 in `npm run check -- long`. */
export const numRuns = Number(process.env.PLAN_RUNS ?? 100);

/** Whether they are so many that every outcome there is has to be met in them. */
export const areMany = numRuns >= 1_000;

/** Whether scenes are to be played in all their variants. */
export const isLong = numRuns >= 10_000;
