import type { INodeParameters } from 'n8n-workflow';
import { startFakeZoho, type Limit } from '../../fake-zoho';
import { connect } from '../stage';
import type { QueueStage } from './stage';

/** A stage with an account that nobody has called yet, and the credential that leads to it. */
export interface Account extends QueueStage {
	credential: string;
}

/** Calls that the node may make in a window: 490 of 500, as its default has it. */
export function budgetOf({ calls }: Limit): number {
	return Math.floor(calls * 0.98);
}

/** ms; as long as a call to a server nearby takes. */
const LATENCY_MS = 50;

/** Plays a scene on an account of its own, with a limit of its own, and closes the account. */
export async function withAccount<T>(
	stage: QueueStage,
	limit: Limit,
	play: (account: Account) => Promise<T>,
): Promise<T> {
	const zoho = await startFakeZoho();
	zoho.campaigns.limit = limit;
	zoho.latencyMs = LATENCY_MS;
	try {
		const own = { ...stage, zoho };
		return await play({ ...own, credential: await connect(own) });
	} finally {
		await zoho.stop();
	}
}

/** The node's options for a limit; `others` come on top of them. */
export function optionsFor(limit: Limit, others: INodeParameters): INodeParameters {
	return {
		callsPerWindow: budgetOf(limit),
		windowMinutes: limit.windowMs / 60_000,
		lockMinutes: limit.lockMs / 60_000,
		...others,
	};
}
