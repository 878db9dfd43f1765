/** One token for many runs: what happens when it has run out, or when it may not do what is asked. */
import type { IDataObject } from 'n8n-workflow';
import type { NodeToRun } from '../engine';
import { startFakeZoho, type FakeZoho } from '../fake-zoho';
import { CREDENTIAL_TYPE, recordIds } from '../support/stage';
import { ACCOUNT, accessTo } from './access';
import { connectOwn, httpRequest, peerEngine } from './peerEngine';
import { installPeers } from './peers';
import { markdownTable, shown } from '../support/markdown';

const RUNS = 20;
const RECORDS_A_RUN = 20;
const LATENCY_MS = 20;

/** What is wrong with the token, from the beginning (`scopes`) or once it is in both credentials. */
interface Trouble {
	name: string;
	scopes?: string;
	make?: (zoho: FakeZoho, refreshToken: string) => void;
}

const TROUBLES: readonly Trouble[] = [
	{ name: 'Access token expired', make: (zoho) => zoho.oauth.expire() },
	{
		name: 'Expired, and Zoho refuses the refresh',
		make: (zoho) => {
			zoho.oauth.expire();
			zoho.oauth.refuseRefresh('access_denied');
		},
	},
	{
		name: 'Consent withdrawn at Zoho',
		make: (zoho, refreshToken) => zoho.oauth.revoke(refreshToken),
	},
	{ name: 'Scope not granted', scopes: 'ZohoCRM.settings.modules.READ' },
];

/** Starts 20 runs at once, of 20 records each, and returns the row. */
async function playOnce(
	folder: string,
	trouble: Trouble,
	name: string,
	nodeFor: (zoho: FakeZoho) => NodeToRun,
): Promise<string[]> {
	const zoho = await startFakeZoho();
	try {
		const access = accessTo(zoho, trouble.scopes);
		const engine = await peerEngine(folder, access);
		connectOwn(engine, access);
		trouble.make?.(zoho, access.oauthTokenData.refresh_token);
		zoho.latencyMs = LATENCY_MS;
		const ids = recordIds(RUNS * RECORDS_A_RUN);
		zoho.crm.add('Leads', ids);
		const runs = await Promise.all(
			Array.from({ length: RUNS }, (_, run) =>
				engine.run({
					items: ids
						.slice(run * RECORDS_A_RUN, (run + 1) * RECORDS_A_RUN)
						.map((id): IDataObject => ({ id })),
					node: nodeFor(zoho),
				}),
			),
		);
		const failed = runs.flatMap(({ errors }) => errors);
		const said = new Set(
			failed.map(({ json }) => {
				const { message, description, resolution } = json.error as IDataObject;
				return [message, description, resolution].filter(Boolean).join(' ');
			}),
		);
		return [
			trouble.name,
			name,
			shown(zoho.calls('unblock').length / ids.length, 2),
			shown(zoho.calls('token').length),
			shown(zoho.calls('unblock').length),
			shown(failed.length),
			[...said].join(' / ') || '–',
		];
	} finally {
		await zoho.stop();
	}
}

/** The table, in Markdown. */
export async function refreshPeersSection(): Promise<string> {
	const folder = await installPeers();
	const rows: string[][] = [];
	for (const trouble of TROUBLES) {
		rows.push(
			await playOnce(folder, trouble, '**this node**', () => ({
				type: 'zohoCrmUnblockEmail',
				onError: 'continueErrorOutput',
				credentials: { [CREDENTIAL_TYPE]: { id: ACCOUNT, name: 'Zoho' } },
			})),
			await playOnce(folder, trouble, 'HTTP Request', ({ url }) =>
				httpRequest({
					url: `=${url}/crm/v6/Leads/{{ $json.id }}/actions/unblock_email`,
					sendBody: true,
					specifyBody: 'json',
					jsonBody: '{"unblock_fields":["Email"]}',
				}),
			),
		);
	}
	return [
		`${RUNS} runs of ${RECORDS_A_RUN} records each start at once in one n8n, with one credential. n8n 2 lets calls that find their token dead together share one refresh, whichever node makes them; so the difference is in the calls, and in what is said of the trouble.`,
		markdownTable(
			[
				'Trouble',
				'By',
				'API calls a record',
				'Refreshes asked for',
				'API calls',
				'Records failed',
				'What the user reads',
			],
			rows,
		),
	].join('\n\n');
}
