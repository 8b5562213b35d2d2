package dev.rlmbeam.pipelines.io;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** The fields of a row, for an error: the first few, cut where they are long. */
final class FieldNames {
  private static final int SHOWN = 8;
  private static final int NAME_CHARS = 40;

  private FieldNames() {}

  static String of(ObjectNode row) {
    List<String> names = new ArrayList<>();
    Iterator<String> all = row.fieldNames();
    while (all.hasNext() && names.size() < SHOWN) {
      String name = all.next();
      names.add(name.length() <= NAME_CHARS ? name : name.substring(0, NAME_CHARS) + "…");
    }
    return names.isEmpty() ? "none" : String.join(", ", names) + (all.hasNext() ? ", …" : "");
  }
}
