import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Accounts } from './accounts/accounts';
import { Campaigns } from './campaigns/campaigns';
import type { Client } from './credential';
import { Crm } from './crm/crm';
import { Faults, isBefore, type Fault, type PlannedFault } from './faults';
import { html, type Reply } from './reply';
import { kindOf, namedIds, type ReceivedRequest, type RequestKind } from './requests';
import { send, UNDONE } from './sending';

export interface FakeZohoOptions {
	/** 0, the default: a free one. */
	port?: number;
	/** ms; every window, lock and life is measured by it. The machine's own clock unless given. */
	now?: () => number;
}

/** The kinds of the CRM's calls. */
const CRM_KINDS: RequestKind[] = ['unblock', 'modules', 'records', 'customViews'];

/** ms since the epoch that no correction of the machine's clock can turn back. */
const steadyNow = () => performance.timeOrigin + performance.now();

/** Starts a Zoho of one's own on 127.0.0.1: accounts, CRM and Campaigns behind one port. */
export async function startFakeZoho(options: FakeZohoOptions = {}): Promise<FakeZoho> {
	const zoho = new FakeZoho(options.now ?? steadyNow);
	await zoho.listen(options.port ?? 0);
	return zoho;
}

/**
 * A server that answers as Zoho's published pages and files say, refuses what Zoho refuses, and
 * keeps every request. Each of its rooms (`oauth`, `crm`, `campaigns`) says what it had to decide.
 */
export class FakeZoho {
	url = '';
	/** Every request, in the order of arrival. */
	requests: ReceivedRequest[] = [];
	/** Every API call's reply comes so many ms late; its work is done at its arrival. */
	latencyMs = 0;
	oauth!: Accounts;
	crm!: Crm;
	campaigns!: Campaigns;

	private faults = new Faults();
	private mostOpen = new Map<RequestKind | undefined, number>();
	private readonly open = new Map<ReceivedRequest, ServerResponse>();
	private readonly stopped = new AbortController();
	private readonly server = createServer((message, response) => {
		// What fails here is the fake itself; a test must see it and not a hanging call.
		this.serve(message, response).catch((error: unknown) => {
			if (this.stopped.signal.aborted) return;
			response.writeHead(599).end(`The fake Zoho failed: ${String(error)}`);
		});
	});

	constructor(private readonly now: () => number) {
		// Clients keep connections for reuse; one closed under them would look like a fault.
		this.server.keepAliveTimeout = 600_000;
	}

	async listen(port: number): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			this.server.once('error', reject).listen(port, '127.0.0.1', resolve);
		});
		const { port: taken } = this.server.address() as AddressInfo;
		this.url = `http://127.0.0.1:${taken}`;
		this.reset();
	}

	/** What somebody needs who connects to it. */
	get client(): Client {
		const { clientId, clientSecret } = this.oauth;
		return { url: this.url, clientId, clientSecret };
	}

	/** Closes the port and every connection, hanging ones too. */
	async stop(): Promise<void> {
		this.stopped.abort();
		await new Promise<void>((resolve) => {
			this.server.close(() => resolve());
			this.server.closeAllConnections();
		});
	}

	/**
	 * Back to the start: tokens, records, registry, limits, settings, faults and the requests.
	 * `oauth`, `crm` and `campaigns` are new ones afterwards; open requests are cut off.
	 */
	reset(): void {
		for (const response of this.open.values()) response.destroy();
		this.open.clear();
		this.mostOpen.clear();
		this.requests = [];
		this.latencyMs = 0;
		this.faults = new Faults();
		this.oauth = new Accounts(this.now, this.url);
		this.crm = new Crm(this.oauth, this.now);
		this.campaigns = new Campaigns(this.now, this.oauth);
	}

	/** The requests of one kind, in the order of arrival. */
	calls(kind: RequestKind): ReceivedRequest[] {
		return this.requests.filter((request) => request.kind === kind);
	}

	/** The most requests of a kind, or of any, that were open at one time. */
	maxInFlight(kind?: RequestKind): number {
		return this.mostOpen.get(kind) ?? 0;
	}

	/** Plans a fault: the next requests that match get it, in the order of planning. */
	fault(fault: PlannedFault): void {
		this.faults.plan(fault);
	}

	/** Asked for every request that no planned fault is for, so that a seed can drive the faults. */
	set randomFault(choose: (request: ReceivedRequest) => Fault | undefined) {
		this.faults.random = choose;
	}

	private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
		const request = this.receive(message, response);
		request.body = await bodyOf(message);
		if (request.kind === 'unblock') {
			const ids = namedIds(request.path, request.body);
			if (ids !== undefined) request.ids = ids;
		}

		const fault = this.faults.take(request);
		const before = fault !== undefined && isBefore(fault);
		let reply = UNDONE;
		if (fault !== undefined && 'latencyMs' in fault) {
			if (before) await this.wait(fault.latencyMs);
			reply = this.answer(request);
			if (!before) await this.wait(fault.latencyMs);
		} else if (!before) {
			reply = this.answer(request);
		}
		if (request.kind !== 'authorize' && request.kind !== 'token') await this.wait(this.latencyMs);
		// Before its client can read the reply and send another call.
		if (fault === undefined) this.end(request);
		send(request, response, reply, fault);
	}

	private receive(message: IncomingMessage, response: ServerResponse): ReceivedRequest {
		const [path = '', ...query] = (message.url ?? '').split('?');
		const request: ReceivedRequest = {
			kind: kindOf(path),
			at: this.now(),
			method: message.method ?? '',
			path,
			query: query.join('?'),
			headers: message.headers,
			body: '',
		};
		this.requests.push(request);
		this.open.set(request, response);
		response.once('close', () => this.end(request));
		for (const kind of [request.kind, undefined]) {
			const open = this.countOpen(kind === undefined ? undefined : [kind]);
			this.mostOpen.set(kind, Math.max(this.maxInFlight(kind), open));
		}
		return request;
	}

	private end(request: ReceivedRequest): void {
		request.endedAt ??= this.now();
		this.open.delete(request);
	}

	private countOpen(kinds?: RequestKind[]): number {
		if (kinds === undefined) return this.open.size;
		return [...this.open.keys()].filter(({ kind }) => kinds.includes(kind)).length;
	}

	private answer(request: ReceivedRequest): Reply {
		switch (request.kind) {
			case 'authorize':
				return this.oauth.authorize(request);
			case 'token':
				return this.oauth.token(request);
			case 'unblock':
			case 'modules':
			case 'records':
			case 'customViews':
				return this.crm.handle(request, this.countOpen(CRM_KINDS));
			case 'doNotMail':
			case 'recentCampaigns':
			case 'campaignRecipients':
			case 'campaignDetails':
				return this.campaigns.handle(request, this.countOpen([request.kind]));
			case 'other':
				if (request.path.startsWith('/crm/')) return this.crm.handle(request, 1);
				if (request.path.startsWith('/api/')) return this.campaigns.handle(request, 1);
				return html(404, '<h1>Not Found</h1>');
		}
	}

	private async wait(ms: number): Promise<void> {
		if (ms > 0) await sleep(ms, undefined, { signal: this.stopped.signal });
	}
}

async function bodyOf(message: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of message) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString('utf8');
}
