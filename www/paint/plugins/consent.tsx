// What a plugin asks for, shown before anything of it runs. The person accepts or not.

import type { ComponentChildren, JSX } from 'preact';
import { addFilter, type Inspected } from '../filters/library.ts';
import { openFilter } from '../filters/apply.ts';
import { DeclarationError, type Declaration } from '../filters/declaration.ts';
import { tell } from '../interface/announce.ts';
import { Button } from '../interface/button.tsx';
import { Dialog } from '../interface/dialog.tsx';
import { Icon, type IconName } from '../interface/icons.tsx';
import { bytes, listed, several } from '../interface/text.ts';
import { filterInterface, processMemory, type Description } from '../kernel.ts';
import { asking } from './intake.ts';

export function Consent(): JSX.Element | null {
  const plugin = asking.value;
  return plugin ? <ConsentDialog key={plugin.description.sha256} plugin={plugin} /> : null;
}

function ConsentDialog({ plugin }: { plugin: Inspected }): JSX.Element {
  const { file, description } = plugin;
  const declaration = plugin.declaration instanceof DeclarationError ? undefined : plugin.declaration;
  const obstacle = obstacleTo(plugin);
  const close = () => (asking.value = undefined);
  const accept = () => {
    close();
    const filter = addFilter(plugin);
    tell(`${filter.name} is in the list.`);
    openFilter(filter);
  };
  return (
    <Dialog title="Add this plugin?" class="consent" test="consent" onClose={close}>
      <div class="consent-scroll">
        <div class="consent-head">
          <span class="consent-emblem">
            <Icon name="gate" size={28} />
          </span>
          <div>
            <p class="consent-name">{declaration?.name ?? file}</p>
            <p class="consent-summary">{declaration ? declaration.summary : 'Nothing of it has run.'}</p>
          </div>
        </div>
        {obstacle && (
          <p class="refusal" role="alert" data-testid="consent-obstacle">
            <Icon name="warning" />
            <span>{obstacle}</span>
          </p>
        )}
        <dl class="consent-facts">
          <Fact name="File">
            {file}, {bytes(description.size)}
          </Fact>
          <Fact name="SHA-256">
            <code class="hash">{description.sha256}</code>
          </Fact>
          {declaration && (
            <Fact name="Calls itself">
              “{declaration.id}”, group “{declaration.group}”
            </Fact>
          )}
        </dl>
        <Rights description={description} />
        <Details summary={`What it offers: ${several(description.exports.length, 'function')}`}>
          <ul class="signatures">
            {description.exports.map(({ interface: name, name: method, signature }) => (
              <li key={`${name}#${method}`}>
                <code>
                  {name ? `${name}#` : ''}
                  {method}: {signature}
                </code>
              </li>
            ))}
          </ul>
        </Details>
        {declaration && declaration.parameters.length > 0 && (
          <Details summary={`What it lets you set: ${several(declaration.parameters.length, 'parameter')}`}>
            <Parameters declaration={declaration} />
          </Details>
        )}
      </div>
      <footer class="dialog-footer">
        <Button test="consent-refuse" onClick={close} autofocus={obstacle !== undefined}>
          Don’t add
        </Button>
        {!obstacle && (
          <Button kind="primary" test="consent-accept" onClick={accept} autofocus>
            Add filter
          </Button>
        )}
      </footer>
    </Dialog>
  );
}

/** Why a plugin cannot be added, if it cannot. */
function obstacleTo({ declaration, description }: Inspected): string | undefined {
  if (declaration instanceof DeclarationError) return `It cannot be added. ${declaration.message}`;
  if (description.imports.length > 0) {
    const names = [...new Set(description.imports.map(({ interface: name }) => name))];
    return `It cannot be added: it needs ${listed(names.map((name) => `“${name}”`))}, which this page grants to nobody.`;
  }
  const offered = new Set(description.exports.filter(({ interface: name }) => name === filterInterface).map(({ name }) => name));
  const needed =
    declaration.geometry.kind === 'analysis' ? ['set', 'prepare', 'analyse', 'report'] : ['set', 'prepare', 'process'];
  const missing = needed.filter((name) => !offered.has(name));
  return missing.length > 0 ? `It cannot be added: it lacks the functions ${listed(missing)} of ${filterInterface}.` : undefined;
}

function Rights({ description }: { description: Description }): JSX.Element {
  const wanted = [...new Set(description.imports.map(({ interface: name }) => name))];
  return (
    <div class="rights">
      <section aria-label="What it gets">
        <h3>It gets</h3>
        <ul>
          <Right icon="check">pixels, a tile at a time</Right>
          <Right icon="check">the values that you set</Right>
          <Right icon="check">memory of its own, {processMemory / 2 ** 20} MiB at most</Right>
        </ul>
      </section>
      <section aria-label="What it does not get">
        <h3>It does not get</h3>
        <ul class="rights-none">
          {wanted.map((name) => (
            <Right key={name} icon="no">
              {name}, which it asks for
            </Right>
          ))}
          <Right icon="no">the network</Right>
          <Right icon="no">this page or your files</Right>
          <Right icon="no">a clock, or chance</Right>
          <Right icon="no">other plugins</Right>
        </ul>
      </section>
    </div>
  );
}

function Right({ icon, children }: { icon: IconName; children: ComponentChildren }): JSX.Element {
  return (
    <li>
      <Icon name={icon} size={14} />
      <span>{children}</span>
    </li>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Details({ summary, children }: { summary: string; children: ComponentChildren }): JSX.Element {
  return (
    <details class="consent-details">
      <summary>
        <Icon name="chevron" size={12} />
        {summary}
      </summary>
      {children}
    </details>
  );
}

function Parameters({ declaration }: { declaration: Declaration }): JSX.Element {
  return (
    <ul class="signatures">
      {declaration.parameters.map((parameter) => (
        <li key={parameter.key}>
          {parameter.label} <span class="faint">{parameter.kind}</span>
        </li>
      ))}
    </ul>
  );
}
