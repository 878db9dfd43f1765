// In older engines, beside whatever else the machine does, a race may go another way once.
jest.retryTimes(1, { logErrorsBeforeRetry: true });
