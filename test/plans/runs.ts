/** `FC_SEED=…` repeats a run. */
export const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** How many random runs a property is put to: `PLAN_RUNS=10000` for the long test. */
export const numRuns = Number(process.env.PLAN_RUNS ?? 300);

/** Whether scenes are to be played in all their variants. */
export const isLong = numRuns >= 10_000;
