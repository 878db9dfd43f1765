/** Unblocking what is in a custom view, beside what there is without this node. */
import { startFakeZoho, TEMPORARILY_BOUNCED, type FakeZoho } from '../fake-zoho';
import { markdownTable, shown } from '../support/markdown';
import { recordIds } from '../support/stage';
import { accessTo } from './access';
import { installPeers } from './peers';
import { play, type ViewWay } from './unblockContestants';

const LATENCY_MS = 20;
const LEADS = 10_000;
const BOUNCED = 2_750;
const DEAD = 27;

const NAMES: Record<ViewWay, string> = {
	viewNode: '**This node**',
	viewTokens: 'HTTP Request by page tokens, Code, HTTP Request 500 a call',
	viewTokensSingle: 'HTTP Request by page tokens, HTTP Request a call a record',
	viewNumbers: 'HTTP Request by page numbers, Code, HTTP Request 500 a call',
	viewLoop: 'A loop of HTTP Requests: read a page, unblock it, read the next',
	viewZohoNode: 'Zoho CRM node (the whole module), Code, HTTP Request 500 a call',
};

/** Every third lead or so has bounced, and every hundredth of these is dead. */
function fill(zoho: FakeZoho) {
	const ids = recordIds(LEADS);
	const bounced = ids.filter((_, i) => i % 3 === 1).slice(0, BOUNCED);
	const dead = bounced.filter((_, i) => i % 100 === 50).slice(0, DEAD);
	zoho.crm.add('Leads', ids, { email: 'unblocked' });
	zoho.crm.add('Leads', bounced);
	zoho.crm.add('Leads', dead, { timesUnblocked: 5 });
	const view = zoho.crm.addView({ module: 'Leads', holds: TEMPORARILY_BOUNCED });
	return { bounced, dead: new Set(dead), view };
}

async function playWay(zoho: FakeZoho, peers: string, way: ViewWay): Promise<string[]> {
	zoho.reset();
	zoho.latencyMs = LATENCY_MS;
	// The other ways find a record by its id alone, and read no reply with an error's status.
	Object.assign(zoho.crm, { entriesBy: 'id', allBadStatus: 207 });
	const { bounced, dead, view } = fill(zoho);

	const played = await play(way, { access: accessTo(zoho), peers, ids: bounced, view, calls: [] });

	const isUnblocked = (id: string) => zoho.crm.get('Leads', id)?.email === 'unblocked';
	const failed = new Set(played.failed);
	return [
		NAMES[way],
		shown(bounced.filter(isUnblocked).length),
		shown(bounced.filter((id) => !dead.has(id) && !isUnblocked(id)).length),
		shown([...dead].filter((id) => failed.has(id)).length),
		shown(zoho.calls('records').length),
		shown(zoho.calls('unblock').length),
		shown(played.ms / 1000, 2),
	];
}

/** The table, in Markdown. Takes about a minute. */
export async function viewPeersSection(): Promise<string> {
	const peers = await installPeers();
	const zoho = await startFakeZoho();
	const rows: string[][] = [];
	try {
		for (const way of Object.keys(NAMES) as ViewWay[]) rows.push(await playWay(zoho, peers, way));
	} finally {
		await zoho.stop();
	}
	const headings = [
		`${shown(BOUNCED)} of ${shown(LEADS)} leads in a view, ${DEAD} of them dead`,
		'Unblocked',
		'Missed',
		'Dead ones named',
		'Calls to read',
		'Calls to unblock',
		'Time, s',
	];
	return [
		`A custom view of the leads whose address is temporarily bounced, which shrinks with every record that is unblocked. ${DEAD} were unblocked five times before and cannot be again. Zoho's replies take ${LATENCY_MS} ms and have an entry for each record. The peers are those of the section above, with \`ZohoCrm\` of \`n8n-nodes-base\`; it has no way to read a view, so it reads the module. Only this node's failures hold the address of their record.`,
		markdownTable(headings, rows),
	].join('\n\n');
}
