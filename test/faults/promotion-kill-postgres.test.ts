// @module-tag long
import { describePostgres } from '../support/stores.ts';
import { testPromotionKills } from './promotion-kill.ts';

describePostgres('a server that is killed during promotions', testPromotionKills);
