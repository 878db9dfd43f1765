/** Leave for the calls of a run: out of what it shares with others on its account. */
import { sleep, type IExecuteFunctions } from 'n8n-workflow';

import { Budget, budgetFor } from '../limit/budget';
import { Leases } from '../limit/leases';
import type { Limits } from '../limit/slot';
import { Window } from '../limit/window';
import { hasDataTables, rowsOf } from '../n8n/dataTable';
import { now } from '../n8n/execution';
import type { Failure } from '../zoho/failures';
import { MINUTE_MS } from './limitedCalls';
import { cannotShare, type Limit } from './limitWait';

export interface LimitOptions extends Pick<Limit, 'callsPerWindow' | 'windowMinutes'> {
	/** For one call, in ms. */
	timeout: number;
	shareLimit: 'process' | 'instance';
}

/**
 * Zoho's page "Get Campaign Recipients Data": 500 calls in 5 minutes, and a lock of 30 minutes of which
 * other calls know nothing. As much of it as of the other limit, by default, is left for other programs.
 */
export const READ_LIMIT = { callsPerWindow: 490, windowMinutes: 5, lockMinutes: 30 };

/** So long is told at the end of a run what it has not used; after Stop, less than a second is left. */
const FLUSH_MS = 5_000;
const FLUSH_AFTER_STOP_MS = 500;

export const flushMs = (isCancelled: boolean) => (isCancelled ? FLUSH_AFTER_STOP_MS : FLUSH_MS);

/**
 * So long a run looks for the table, to know which workflows share it; else it asks for itself. The first
 * sub-workflow of an n8n process takes seconds.
 */
const FIND_TABLE_MS = 10_000;

const limitsOf = ({ callsPerWindow, windowMinutes, timeout }: LimitOptions): Limits => ({
	callsPerWindow,
	windowMs: windowMinutes * MINUTE_MS,
	longestCallMs: timeout,
});

/** The budget of a run that makes no call. */
export const alone = (options: LimitOptions) => new Budget(new Window(), limitsOf(options), now());

/** Why this n8n cannot share a limit with all its processes, as far as can be seen without trying. */
export function sharingProblem(
	context: IExecuteFunctions,
	{ shareLimit }: LimitOptions,
): Failure | undefined {
	if (shareLimit === 'process' || hasDataTables(context)) return undefined;
	return cannotShare('this n8n has no Data Tables');
}

/**
 * The calls that this run shares with others: of this process, or of all.
 *
 * @param key one for each account and limit
 */
export async function join(
	context: IExecuteFunctions,
	key: string,
	options: LimitOptions,
): Promise<Budget | Failure> {
	const limits = limitsOf(options);
	if (options.shareLimit === 'process') return budgetFor(key, () => new Window(), limits, now());
	const problem = sharingProblem(context, options);
	if (problem) return problem;
	const { store, table, missing } = await rowsOf(context, key, FIND_TABLE_MS);
	if (missing !== undefined) return cannotShare(missing);
	// What a process tells belongs into the table that it asked: each project has one of its own.
	const leases = () => new Leases({ now, sleep, random: Math.random });
	return budgetFor(`${key} ${table}`, leases, limits, now(), store);
}
