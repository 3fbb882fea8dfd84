// Who else was told (120, 110, power, gas …) and whether they said that they have it.

import { me, reported } from "../actions.ts";
import { nameOf, t } from "../i18n.ts";
import type { Incident } from "../state/cards.ts";
import { noticeReceived } from "../state/commands.ts";
import { cards } from "../state/store.ts";
import { At, Section } from "./parts.tsx";

export function Notices({ incident }: { readonly incident: Incident }) {
  const all = [...cards.value.notices.values()].filter((one) => one.incident === incident.id);
  if (all.length === 0) return null;
  const open = all.filter((one) => one.received_at === null).length;
  return (
    <Section title={t("page.notices")} aside={<small>{open > 0 ? t("page.notices.open", { count: open }) : "✓"}</small>}>
      <ul class="notices">
        {all.map((notice) => (
          <li key={notice.id}>
            <span>{nameOf("notify_bodies", notice.body)}</span>
            {notice.received_at !== null ? (
              <span class="done">✓ {t("page.notices.received")} <At time={notice.received_at} /> {notice.received_by}</span>
            ) : (
              <button type="button" class="small" onClick={() => void reported(noticeReceived(notice.id, me()))}>
                {t("page.notices.receive")}
              </button>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
