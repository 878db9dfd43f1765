/** Where the records of a run come from: named by their IDs, or read from custom views. */
import type { IExecuteFunctions } from 'n8n-workflow';

import { runPlan } from '../n8n/execution';
import { cancelledError } from '../n8n/ends';
import { unreadable } from '../n8n/parameters';
import type { Connection } from '../n8n/transport';
import type { Pace } from '../run/pace';
import { isFailure, type Failure } from '../zoho/failures';
import { pageRequest } from './customView';
import type { Groups } from './groups';
import { inputReader, viewInputReader } from './input';
import type { RecordList } from './records';
import type { CallSettings } from './reply';
import { ViewList } from './viewList';
import { ViewPlan, type ViewSettings } from './viewPlan';

export interface RecordSource {
	/** Puts the records of an item into the list; never throws. */
	addTo: (records: RecordList, item: number) => void;
	/** Why nothing is to be sent, where reading the views ended early. */
	ending?: Failure | undefined;
	/** How the views were read, where there are any. */
	views?: ViewPlan;
}

/** Records that the items name by their IDs. */
export function recordsById(context: IExecuteFunctions): RecordSource {
	const readItem = inputReader(context);
	return { addTo: (records, item) => records.add(item, readItem(item)) };
}

/**
 * Reads every custom view that an item names to its end, before the first record of any is unblocked:
 * what is unblocked leaves a view, and those behind it move up to pages that have been read.
 *
 * @throws where the execution was cancelled meanwhile
 */
export async function recordsOfViews(
	context: IExecuteFunctions,
	connection: Connection | Failure,
	{ settings, groups, pace }: { settings: ViewSettings & CallSettings; groups: Groups; pace: Pace },
): Promise<RecordSource> {
	const plan = new ViewPlan(settings, pace);
	const views = new ViewList(groups, plan);
	const readItem = viewInputReader(context);
	if (isFailure(connection)) plan.end(connection);
	const ending = await runPlan(context, {
		plan,
		send: async ({ view, place }, isGivenUp) => {
			if (isFailure(connection)) return { reply: connection, requests: 0 };
			return await connection.call(pageRequest(view, place, settings), isGivenUp);
		},
		timeoutMs: settings.timeout,
		readItem: (item) => views.add(item, readItem(item)),
		failItem: (item, error) => views.fail(item, unreadable('invalidRequest', error)),
		allRead: () => settings.stopAtFailure && views.hasBadInput && plan.stop(),
	});
	if (ending.kind === 'cancelled') {
		throw cancelledError(context, [], context.getInputData().length);
	}
	return {
		addTo: (records, item) => records.addView(views.named[item]!),
		ending: ending.kind === 'broken' ? ending.fault : plan.ending,
		views: plan,
	};
}
