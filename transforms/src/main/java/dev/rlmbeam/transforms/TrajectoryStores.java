package dev.rlmbeam.transforms;

import dev.rlmbeam.transforms.rlm.trajectory.PromptHistory;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectoryFiles;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectoryFolder;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectoryLabels;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectoryPacks;
import dev.rlmbeam.transforms.rlm.trajectory.TrajectoryStore;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.time.Clock;
import java.util.UUID;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.ResolveOptions.StandardResolveOptions;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.apache.beam.sdk.util.MimeTypes;

/** Makes a worker's trajectory store from its plan, on whatever Beam's file systems reach. */
final class TrajectoryStores {
  private TrajectoryStores() {}

  static TrajectoryStore open(TrajectoryPlan plan, TrajectoryLabels labels) {
    return switch (plan.mode()) {
      case FILES -> new TrajectoryFiles(folder(plan.directory()), labels, PromptHistory.NEW_ONLY);
      case PACKED ->
          new TrajectoryPacks(folder(plan.directory()), labels, worker(), Clock.systemUTC());
      case NONE -> TrajectoryStore.none();
    };
  }

  /**
   * Names this worker's packs; another worker, or this one after a restart, must not hit upon the
   * same name.
   */
  private static String worker() {
    return UUID.randomUUID().toString().substring(0, 8);
  }

  private static TrajectoryFolder folder(String directory) {
    ResourceId folder = FileSystems.matchNewResource(directory, true);
    if (folder.getScheme().equals("file")) {
      // Past Beam's channel, which buffers: here a line is in the file when its turn has ended.
      return TrajectoryFolder.local(Path.of(folder.toString()));
    }
    return name ->
        Channels.newOutputStream(
            FileSystems.create(
                folder.resolve(name, StandardResolveOptions.RESOLVE_FILE), MimeTypes.TEXT));
  }
}
