/** How a run is watched and ended from outside. */
import type { IExecuteFunctions } from 'n8n-workflow';

export interface RunControl {
	/** Whether somebody pressed Stop, or the execution ran out of its time. */
	cancelled: () => boolean;
	/** On Error is set to Stop Workflow: the first failure ends the run. */
	stopAtFailure: boolean;
	/** For what a person should know while they wait. */
	log: (message: string) => void;
}

/** What n8n says of this execution. */
export function controlOf(context: IExecuteFunctions): RunControl {
	const signal = context.getExecutionCancelSignal();
	return {
		cancelled: () => signal?.aborted ?? false,
		stopAtFailure: !context.continueOnFail(),
		log: (message) => context.logger.info(message),
	};
}
