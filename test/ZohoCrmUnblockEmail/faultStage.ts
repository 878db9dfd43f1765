/** What the tests of a bad network have in common: 24 records, and what is true of each of them. */
import type { INodeParameters } from 'n8n-workflow';
import type { NodeRun } from '../engine';
import type { Fault } from '../fake-zoho';
import { recordIds, useStage } from '../support/stage';
import { place, subject, truth, verdict, type Standing } from './truth';

/** Four calls of six. What is not listed bounced softly. */
export const IDS = recordIds(24);
export const BATCH_SIZE = 6;
const STANDINGS: Record<number, Standing> = {
	5: 'hard',
	8: 'unblocked',
	9: 'unblocked',
	13: 'unblocked',
	17: 'worn',
	22: 'unknown',
};
export const standingOf = (id: string): Standing => STANDINGS[IDS.indexOf(id)] ?? 'soft';

/** A refusal before the work: nothing is in doubt afterwards. */
export const TOO_MANY: Fault = {
	status: 429,
	body: '{"code":"TOO_MANY_REQUESTS","details":{},"message":"too many","status":"error"}',
};

export function useFaults() {
	const stage = useStage();

	/** Records of calls whose replies the node did not get to read. */
	const lost = new Set<string>();
	const lose = (ids: readonly string[] = []) => {
		for (const id of ids) lost.add(id);
	};
	const expected = (id: string) => truth(standingOf(id), lost.has(id));

	beforeEach(() => {
		stage.zoho.crm.style = 'allOrNothing';
		lost.clear();
		for (const id of IDS) place(stage.zoho, 'Leads', id, standingOf(id));
	});

	async function runAll(options: INodeParameters = {}) {
		return await stage.run(
			'zohoCrmUnblockEmail',
			IDS.map((id) => ({ id })),
			{
				options: { batchSize: BATCH_SIZE, retryDelay: 2, ...options },
				onError: 'continueRegularOutput',
			},
		);
	}

	function expectEveryRecord(run: NodeRun, tell: (id: string) => string = expected): void {
		expect(run.main.map((item) => [subject(item), verdict(item)])).toEqual(
			IDS.map((id) => [id, tell(id)]),
		);
		expect(run.main.map(({ pairedItem }) => pairedItem)).toEqual(IDS.map((_, item) => ({ item })));
	}

	/** No record has changed that should not have, and none has lost two of its five lives. */
	function expectZohoUnharmed(): void {
		const lives: Record<Standing, number | undefined> = {
			soft: 1,
			unblocked: 0,
			hard: 0,
			worn: 5,
			unknown: undefined,
		};
		expect(IDS.map((id) => stage.zoho.crm.get('Leads', id)?.timesUnblocked)).toEqual(
			IDS.map((id) => lives[standingOf(id)]),
		);
	}

	return { stage, lost, lose, expected, runAll, expectEveryRecord, expectZohoUnharmed };
}
