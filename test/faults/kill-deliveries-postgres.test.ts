// @module-tag long
import { describePostgres } from '../support/stores.ts';
import { testKilledDeliveries } from './kill-deliveries.ts';

describePostgres('kill -9 while events are delivered', testKilledDeliveries);
