package dev.skiffmesh.registry.core;

import dev.skiffmesh.api.document.Violations;
import dev.skiffmesh.api.status.Finding;
import dev.skiffmesh.api.status.FindingCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The findings of one portion: the first hundred, and how many more. Confined to one thread. */
final class FewFindings {

  private final String portion;
  private final List<Finding> kept = new ArrayList<>();
  private int more;

  FewFindings(String portion) {
    this.portion = portion;
  }

  void add(Finding finding) {
    if (kept.size() < Violations.MOST) {
      kept.add(finding);
    } else {
      more++;
    }
  }

  boolean isEmpty() {
    return kept.isEmpty();
  }

  List<Finding> list() {
    if (more == 0) {
      return List.copyOf(kept);
    }
    List<Finding> all = new ArrayList<>(kept);
    all.add(
        new Finding(
            FindingCode.INVALID_DOCUMENT,
            portion,
            portion,
            null,
            String.format(Locale.ROOT, "and %,d more findings that are not shown", more)));
    return List.copyOf(all);
  }
}
