package dev.rlmbeam.transforms.rlm;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.rlmbeam.transforms.rlm.trajectory.SubCallRecord;
import java.util.ArrayList;
import java.util.List;

/** The sub-calls since the last block, for the trajectory; bounded in text. Thread-safe. */
final class SubCallLog {
  private static final int TEXT_CHARS = 1_000_000;
  private static final int SHORT_CHARS = 200;

  private final boolean keeps;
  private final TurnWatcher watcher;

  @GuardedBy("this")
  private List<SubCallRecord> records = new ArrayList<>();

  @GuardedBy("this")
  private long chars;

  SubCallLog(boolean keeps, TurnWatcher watcher) {
    this.keeps = keeps;
    this.watcher = watcher;
  }

  void add(SubCallRecord call) {
    keep(call);
    watcher.asked(call);
  }

  private synchronized void keep(SubCallRecord call) {
    if (keeps) {
      boolean fits = chars + call.textLength() <= TEXT_CHARS;
      SubCallRecord kept = fits ? call : call.shortened(SHORT_CHARS);
      chars += kept.textLength();
      records.add(kept);
    }
  }

  /** What has come since it was last asked. */
  synchronized List<SubCallRecord> drain() {
    List<SubCallRecord> drained = records;
    records = new ArrayList<>();
    chars = 0;
    return drained;
  }
}
