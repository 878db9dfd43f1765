/**
 * Where the versions of `n8n-core` differ, from 1.84 on, and nothing else. The types are those of
 * the newest one, so what an older one lacks is asked for here and nowhere else.
 */
import { userFolder } from './environment';
import { ExternalSecretsProxy, InstanceSettings, type WorkflowExecute } from 'n8n-core';
import type { IRun, IWorkflowExecuteAdditionalData } from 'n8n-workflow';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';

// The container and logger of n8n-core itself: node_modules may hold other copies of both.
const requireAsCore = createRequire(require.resolve('n8n-core'));
const { Container } = requireAsCore('@n8n/di') as typeof import('@n8n/di');

// The settings are written and read once, here; after that nobody needs the folder.
Container.get(InstanceSettings);
rmSync(userFolder, { recursive: true });

/** Whether the engine is this version of n8n-core, or a later one. */
function isSince(major: number, minor: number): boolean {
	const { version } = requireAsCore('n8n-core/package.json') as { version: string };
	const [itsMajor = 0, itsMinor = 0] = version.split('.').map(Number);
	return itsMajor > major || (itsMajor === major && itsMinor >= minor);
}

/** What n8n's OAuth2 client does in this engine; oAuth2Client.engine.test.ts holds each line against it. */
export const oAuth2Client = {
	/** How often a call is sent whose token stays dead: n8n repeats it with the new token, before 2.40 twice. */
	callsWithDeadToken: isSince(2, 40) ? 2 : 3,
	/**
	 * Whether a token is renewed for a 401 that `ignoreHttpStatusErrors` excepts. Before 2.11 (or 2.9,
	 * or 2.10) n8n knows no exceptions: a 401 is a reply like any other.
	 */
	renewsByHand: isSince(1, 119),
	/** Whether `tokenExpiredStatusCode` can name another status than 401, at which a token is renewed. */
	renewsAtOtherStatus: isSince(2, 14),
	/** Whether runs that find one token dead at the same time share one refresh. */
	sharesRefreshes: isSince(2, 30),
} as const;

/** Whether this n8n has Data Tables that a workflow can make, as the shared limit needs them. */
export const hasDataTables = isSince(2, 3);

type LoggerModule = typeof import('@n8n/backend-common');

/** The logger that n8n and the nodes write to. It was n8n-core's own before it moved to `@n8n/backend-common`. */
export function coreLogger(): InstanceType<LoggerModule['Logger']> {
	const core = requireAsCore('n8n-core') as Partial<LoggerModule>;
	const { Logger } =
		core.Logger === undefined
			? (requireAsCore('@n8n/backend-common') as LoggerModule)
			: (core as LoggerModule);
	return Container.get(Logger);
}

/** What expressions read secrets from; n8n 1.85 has none of that name. */
export function externalSecrets(): Pick<IWorkflowExecuteAdditionalData, 'externalSecretsProxy'> {
	const proxy = ExternalSecretsProxy as typeof ExternalSecretsProxy | undefined;
	return { externalSecretsProxy: proxy && Container.get(proxy) } as Pick<
		IWorkflowExecuteAdditionalData,
		'externalSecretsProxy'
	>;
}

type Run = WorkflowExecute['run'];
type Start = Pick<Parameters<Run>[0], 'workflow' | 'startNode' | 'pinData'>;
type RunByPosition = (
	workflow: Start['workflow'],
	startNode: Start['startNode'],
	destinationNode: undefined,
	pinData: Start['pinData'],
) => ReturnType<Run>;

/** Begins an execution. `WorkflowExecute#run` takes an object, and up to n8n 2.3 (or 2.4, or 2.5) its arguments by position. */
export function begin(execution: WorkflowExecute, start: Start): ReturnType<Run> {
	if (execution.run.length === 1) return execution.run(start);
	const run = execution.run.bind(execution) as unknown as RunByPosition;
	return run(start.workflow, start.startNode, undefined, start.pinData);
}

/**
 * How an execution ended. Before n8n 1.123 the engine leaves one that failed `running`, and it is
 * n8n's server that then calls it an `error`.
 */
export function endStatus({ status, data }: IRun): IRun['status'] {
	return status === 'running' && data.resultData.error ? 'error' : status;
}
