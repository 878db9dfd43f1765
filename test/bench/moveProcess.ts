/**
 * An n8n process that moves addresses to Do-Not-Mail: n8n's engine with the built package, in a process
 * of its own that can be killed. What it asks of n8n's Data Tables goes to the process that started it,
 * as n8n's go to one database.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { ExecuteWorkflowData, INodeParameters, IWorkflowBase } from 'n8n-workflow';
import type { DataTables } from '../engine/dataTables';
import { ACCOUNT, type Access } from './access';

export interface MoveJob {
	access: Access;
	addresses: string[];
	options: INodeParameters;
}

type FromChild =
	| { say: 'ready' }
	| { say: 'table'; question: number; code: IWorkflowBase }
	| { say: 'ended' };

interface TableAnswer {
	question: number;
	data?: ExecuteWorkflowData;
	error?: string;
}

type ToChild = { job: MoveJob } | TableAnswer;

export class MoveProcess {
	private readonly child: ChildProcess;
	private readonly says: { ready: Promise<void>; ended: Promise<void> };

	constructor(private readonly tables: DataTables) {
		this.child = fork(__filename);
		let ready!: () => void;
		let ended!: () => void;
		this.says = {
			ready: new Promise((resolve) => (ready = resolve)),
			ended: new Promise((resolve) => (ended = resolve)),
		};
		this.child.on('message', (message: FromChild) => {
			if (message.say === 'ready') ready();
			else if (message.say === 'ended') ended();
			else void this.answer(message.question, message.code);
		});
	}

	/** Waits until n8n is loaded. */
	async ready(): Promise<void> {
		await this.says.ready;
	}

	/** Waits until its run has ended, which never comes where the process is killed. */
	async move(job: MoveJob): Promise<void> {
		this.send({ job });
		await this.says.ended;
	}

	/** Ends it by SIGKILL, unless it has ended. */
	async kill(): Promise<void> {
		if (this.child.signalCode !== null) return;
		const closed = once(this.child, 'close');
		this.child.kill('SIGKILL');
		await closed;
	}

	private async answer(question: number, code: IWorkflowBase): Promise<void> {
		try {
			this.send({ question, data: await this.tables.executeWorkflow({ code }) });
		} catch (error) {
			this.send({ question, error: (error as Error).message });
		}
	}

	private send(message: ToChild): void {
		if (this.child.connected) this.child.send(message);
	}
}

/** What the process itself does. */
async function work(): Promise<void> {
	const { createEngine } = await import('../engine');
	const { DataTables } = await import('../engine/dataTables');
	const { connectOwn } = await import('./peerEngine');
	const { CREDENTIAL_TYPE } = await import('../fake-zoho');
	const waiting = new Map<number, (answer: TableAnswer) => void>();
	let questions = 0;
	const say = (message: FromChild) => process.send!(message);

	class OtherProcessesTables extends DataTables {
		override readonly executeWorkflow: DataTables['executeWorkflow'] = async ({ code }) => {
			const question = ++questions;
			say({ say: 'table', question, code: code! });
			const answer = await new Promise<TableAnswer>((resolve) => waiting.set(question, resolve));
			waiting.delete(question);
			if (!answer.data) throw new Error(answer.error);
			return answer.data;
		};
	}

	const engine = await createEngine({ dataTables: new OtherProcessesTables() });
	process.on('message', (message: ToChild) => {
		if ('question' in message) return waiting.get(message.question)?.(message);
		void move(message.job);
	});

	async function move({ access, addresses, options }: MoveJob): Promise<void> {
		connectOwn(engine, access);
		await engine.run({
			items: addresses.map((email) => ({ email })),
			node: {
				type: 'zohoCampaignsDoNotMail',
				parameters: { options },
				onError: 'continueErrorOutput',
				credentials: { [CREDENTIAL_TYPE]: { id: ACCOUNT, name: 'Zoho' } },
			},
		});
		say({ say: 'ended' });
	}

	process.on('disconnect', () => process.exit());
	say({ say: 'ready' });
}

if (require.main === module) void work();
