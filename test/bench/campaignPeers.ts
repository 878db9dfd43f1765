/** Reading whose address bounced at campaigns, beside what people script without this node. */
import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { createEngine, type NodeToRun } from '../engine';
import { startFakeZoho, type FakeZoho } from '../fake-zoho';
import { markdownTable, shown } from '../support/markdown';
import { CREDENTIAL_TYPE } from '../support/stage';
import { ACCOUNT, accessTo, type Access } from './access';
import { connectOwn, httpRequest, peerEngine } from './peerEngine';
import { installPeers } from './peers';
import { code } from './unblockInN8n';

const LATENCY_MS = 20;
const DAY_MS = 86_400_000;
const ACTIONS = ['senthardbounce', 'spamcontacts'] as const;

const people = (name: string, count: number) =>
	Array.from({ length: count }, (_, i) => `${name}-${i}@example.com`);

/**
 * 135 campaigns of a week, one of them with 1,234 hard bounces, nine A/B tests among them, and as many
 * campaigns from before.
 */
function fill(zoho: FakeZoho): Set<string> {
	const all = new Set<string>();
	const bounced = (name: string, count: number) => {
		const addresses = people(name, count);
		for (const address of addresses) all.add(address);
		return addresses;
	};
	for (let i = 0; i < 135; i++) {
		const of = (part: string, count: number) => ({
			senthardbounce: bounced(`hard-${i}${part}`, count),
			spamcontacts: bounced(`spam-${i}${part}`, 1),
		});
		const isTest = i % 15 === 7;
		zoho.campaigns.reports.add({
			sentAt: Date.now() - (i * 6.9 * DAY_MS) / 135,
			recipients: of('', i === 40 ? 1_234 : 4 + (i % 45)),
			...(isTest && { testPhase: [of('a', 12), of('b', 12)] }),
		});
	}
	for (let i = 0; i < 135; i++) {
		const sentAt = Date.now() - (8 + i) * DAY_MS;
		zoho.campaigns.reports.add({ sentAt, recipients: { senthardbounce: people(`old-${i}`, 3) } });
	}
	return all;
}

interface Way {
	name: string;
	/** Gets ready, and returns what is measured: it comes to the addresses that it has found. */
	prepare: (access: Access, peers: string) => Promise<() => Promise<string[]>>;
}

/** This node, which shows what it would move: what is measured is the reading. */
const ownNode: Way['prepare'] = async (access) => {
	const engine = await createEngine();
	connectOwn(engine, access);
	return async () => {
		const { main } = await engine.run({
			items: [{}],
			node: {
				type: 'zohoCampaignsDoNotMail',
				onError: 'continueErrorOutput',
				credentials: { [CREDENTIAL_TYPE]: { id: ACCOUNT, name: 'Zoho' } },
				parameters: { addressesFrom: 'campaigns', returnAll: true, previewOnly: true },
			},
		});
		return main.map(({ json }) => String(json.email));
	};
};

/** The list by HTTP Request, a Code node, HTTP Request for each campaign and kind, a Code node. */
function scripted(options: INodeParameters, place: Record<string, string>): Way['prepare'] {
	return async (access, peers) => {
		const engine = await peerEngine(peers, access, {
			'bench.split': SPLIT,
			'bench.collect': COLLECT,
		});
		const list = get(access, 'recentcampaigns', {
			status: 'sent',
			sort: 'desc',
			fromindex: '1',
			range: '500',
		});
		const recipients = get(
			access,
			'getcampaignrecipientsdata',
			{ campaignkey: '={{ $json.key }}', action: '={{ $json.action }}', ...place },
			{ method: 'POST', options },
		);
		return async () => {
			const { output } = await engine.runWorkflow({
				nodes: [
					{ name: 'Start', type: 'n8n-nodes-base.manualTrigger' },
					{ name: 'List', ...list },
					{ name: 'Split', type: 'bench.split' },
					{ name: 'Recipients', ...recipients },
					{ name: 'Collect', type: 'bench.collect' },
				],
				connections: {
					Start: { main: [to('List')] },
					List: { main: [to('Split')] },
					Split: { main: [to('Recipients')] },
					Recipients: { main: [to('Collect')] },
				},
				startItems: [{}],
			});
			return output('Collect').map(({ json }) => String(json.email));
		};
	};
}

const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];

const SPLIT = code(
	'Split',
	([list]) =>
		((list?.json.recent_campaigns ?? []) as Array<Record<string, string>>)
			.filter(({ sent_time }) => Number(sent_time) >= Date.now() - 7 * DAY_MS)
			.flatMap(({ campaign_key: key }) =>
				ACTIONS.map((action) => ({ json: { key, action }, pairedItem: { item: 0 } })),
			) as INodeExecutionData[],
);

const COLLECT = code('Collect', (items) => {
	const rows = items.flatMap(
		({ json }) => (json.list_of_details ?? []) as Array<Record<string, string>>,
	);
	const addresses = new Set(rows.map(({ contactemailaddress }) => contactemailaddress!));
	return [...addresses].map((email) => ({ json: { email }, pairedItem: { item: 0 } }));
});

function get(
	{ url }: Access,
	call: string,
	query: Record<string, string>,
	more: INodeParameters = {},
): NodeToRun {
	const parameters = Object.entries({ resfmt: 'JSON', ...query }).map(([name, value]) => ({
		name,
		value,
	}));
	return httpRequest({
		method: 'GET',
		url: `${url}/api/v1.1/${call}`,
		sendQuery: true,
		queryParameters: { parameters },
		...more,
	});
}

/** The option *Pagination* of the HTTP Request node, as a page on the web shows it for other APIs. */
const PAGINATION: INodeParameters = {
	pagination: {
		pagination: {
			paginationMode: 'updateAParameterInEachRequest',
			parameters: {
				parameters: [{ type: 'qs', name: 'fromindex', value: '={{ $pageCount * 500 + 1 }}' }],
			},
			paginationCompleteWhen: 'other',
			completeExpression: '={{ ($response.body?.list_of_details ?? []).length < 500 }}',
			limitPagesFetched: false,
			requestInterval: 0,
		},
	},
};

const WAYS: Way[] = [
	{ name: '**This node**', prepare: ownNode },
	{ name: 'HTTP Request, Code, HTTP Request, Code', prepare: scripted({}, {}) },
	{
		name: 'The same, with `range` 500 and *Pagination*',
		prepare: scripted(PAGINATION, { range: '500' }),
	},
];

/** On a Zoho of its own, lest one run waits for what another one has used up of its limit. */
async function playWay(peers: string, { name, prepare }: Way, isShort: boolean) {
	const zoho = await startFakeZoho();
	zoho.latencyMs = LATENCY_MS;
	if (isShort) zoho.campaigns.lists.mostRows = 20;
	const all = fill(zoho);
	const play = await prepare(accessTo(zoho), peers);
	const begin = performance.now();
	const found = new Set(await play());
	const ms = performance.now() - begin;
	await zoho.stop();
	return [
		isShort ? `${name}, of a Zoho that gives 20 rows at once` : name,
		shown([...found].filter((email) => all.has(email)).length),
		shown([...all].filter((email) => !found.has(email)).length),
		shown(zoho.requests.length),
		shown(ms / 1000, 2),
	];
}

/** The table, in Markdown. Takes some seconds. */
export async function campaignPeersSection(): Promise<string> {
	const peers = await installPeers();
	const rows: string[][] = [];
	for (const isShort of [false, true]) {
		for (const way of WAYS) rows.push(await playWay(peers, way, isShort));
	}
	const headings = [
		'Hard bounces and complaints of 135 campaigns of a week',
		'Found',
		'Missed, without a word',
		'Calls',
		'Time, s',
	];
	return [
		`One campaign has 1,234 hard bounces, and nine of the campaigns are A/B tests, whose test phases have others. Zoho's replies take ${LATENCY_MS} ms. The peers read the list and then each campaign and kind, as people script it: the first takes what comes, the second pages. This node is in a preview, so that only the reading is measured.`,
		markdownTable(headings, rows),
	].join('\n\n');
}
