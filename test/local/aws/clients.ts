import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";

/** Of the embedded parts that the tests start; each signs with them, as on AWS. */
export const credentials = { accessKeyId: "test", secretAccessKey: "a secret of the tests" };

const local = (endpoint: string) => ({ endpoint, region: "eu-central-1", credentials });

// The one place where clients are built: without an endpoint they take region, credentials and endpoint from the
// environment, so that the same batteries can be run against AWS.
const config = (endpoint: string | undefined) => (endpoint === undefined ? {} : local(endpoint));

export const sqsClient = (endpoint?: string) => new SQSClient(config(endpoint));

export const schedulerClient = (endpoint?: string) => new SchedulerClient(config(endpoint));

export const dynamodbClient = (endpoint?: string) => new DynamoDBClient(config(endpoint));
