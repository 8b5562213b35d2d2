package dev.rlmbeam.pipelines.io;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a row is one of those that a run takes, and what it is called there. Immutable. */
final class RowChoice {
  private final @Nullable Set<String> wanted;
  private final @Nullable Set<String> sources;

  /**
   * The rows of a selection.
   *
   * @param sources of the rows to take, where the selection is a choice among all; else null
   */
  RowChoice(Selection selection, @Nullable Set<String> sources) {
    this.wanted = selection instanceof Selection.Ids ids ? ids.toLookFor() : null;
    this.sources = sources;
  }

  /** The id by which a row is called, if it is taken: its own, or the place that was asked for. */
  Optional<String> idIfChosen(InputFile file, String id, String source) {
    if (wanted == null) {
      return sources == null || sources.contains(source) ? Optional.of(id) : Optional.empty();
    }
    // Rows that failed may have been named by their place.
    String place = file.id() + source.substring(file.name().length());
    for (String name : new String[] {id, place, source}) {
      if (wanted.contains(name)) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }
}
