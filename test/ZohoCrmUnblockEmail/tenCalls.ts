/** What the tests of how a run ends have in common: a hundred good records in ten calls. */
import type { INodeParameters, OnError } from 'n8n-workflow';
import type { NodeRun } from '../engine';
import type { ReceivedRequest } from '../fake-zoho';
import { recordIds, useStage } from '../support/stage';
import { subject, verdict } from './truth';

/** Ten calls of ten. */
export const IDS = recordIds(100);
export const BATCH_SIZE = 10;
export const batch = (number: number) => IDS.slice((number - 1) * BATCH_SIZE, number * BATCH_SIZE);

export const isOf =
	(number: number) =>
	({ ids = [] }: ReceivedRequest) =>
		ids.includes(batch(number)[0]!);

/** What is said of the records of each call, where it is one thing. */
export function verdictsByCall(run: NodeRun): string[] {
	expect(run.main.map(subject)).toEqual(IDS);
	return Array.from({ length: IDS.length / BATCH_SIZE }, (_, i) =>
		[...new Set(run.main.slice(i * BATCH_SIZE, (i + 1) * BATCH_SIZE).map(verdict))].join(),
	);
}

export function useTenCalls() {
	const stage = useStage();
	beforeEach(() => stage.zoho.crm.add('Leads', IDS));

	function runAll(options: INodeParameters = {}, onError: OnError = 'continueRegularOutput') {
		return stage.run(
			'zohoCrmUnblockEmail',
			IDS.map((id) => ({ id })),
			{ options: { batchSize: BATCH_SIZE, retryDelay: 2, ...options }, onError },
		);
	}

	/** How many calls of records Zoho has got, retries included. */
	const unblockCalls = () => stage.zoho.calls('unblock');

	const unblockedAtZoho = () =>
		IDS.filter((id) => stage.zoho.crm.get('Leads', id)?.timesUnblocked === 1).length;

	return { stage, runAll, unblockCalls, unblockedAtZoho };
}
