import { type Html, html, type Part } from '../html.ts';
import { actionForm } from '../layout.ts';

/** A question before something is done. */
export interface Question {
  readonly title: string;
  /** What will be done, said before it is. */
  readonly will: Part;
  /** Where the form is sent. */
  readonly path: string;
  /** The label of the button that does it. */
  readonly button: string;
  /** Where one goes who leaves it. */
  readonly back: string;
  /** What the words that are asked for are; they must be given where `isRequired`. */
  readonly comment: { readonly label: string; readonly isRequired: boolean };
  /** What is wrong by now with what it is done to. */
  readonly alarms?: Part;
  /** More that is sent: fields that belong to the form of actions. */
  readonly fields?: Part;
}

/** Asks before something is done: what it will do, why somebody wants it, and the button. */
export function showQuestion({ title, will, path, button, back, comment, fields, alarms }: Question): Html {
  return html`<header class="page">
      <p class="crumbs"><a href=${back}>Back</a></p>
      <h1>${title}</h1>
      <p class="lead">${will}</p>
      ${alarms}
    </header>
    <div class="fields">
      ${fields}
      <label>${comment.label}<textarea name="comment" form=${actionForm} required=${comment.isRequired} maxlength="4096" rows="3"></textarea></label>
      <p><button class="main" form=${actionForm} formaction=${path}>${button}</button> <a class="button" href=${back}>Leave it</a></p>
    </div>`;
}
