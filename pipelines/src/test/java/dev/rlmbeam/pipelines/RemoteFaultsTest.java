package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.pipelines.options.UsageException;
import java.net.ConnectException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What a launcher makes of the end of a job elsewhere. */
final class RemoteFaultsTest {

  @Test
  void aClusterThatCannotBeAskedIsNotTheEndOfItsJob() {
    RuntimeException refused =
        new RuntimeException(new ExecutionException(new ConnectException("Connection refused")));
    RuntimeException late = new RuntimeException(new TimeoutException("no answer in 60 s"));

    assertThat(RemoteFaults.found(refused)).isInstanceOf(RemoteFaults.OutOfTouch.class);
    assertThat(RemoteFaults.found(refused)).hasMessageThat().contains("Connection refused");
    assertThat(RemoteFaults.found(refused)).hasMessageThat().contains("summary.json");
    assertThat(RemoteFaults.found(late)).isInstanceOf(RemoteFaults.OutOfTouch.class);
  }

  @Test
  void whatAWorkerOrTheLauncherItselfFoundIsSaidAsItIs() {
    RuntimeException usage =
        new RuntimeException(new UsageException("--output=/x is not", new ConnectException("x")));
    IllegalStateException own = new IllegalStateException("a step cannot be translated");

    assertThat(RemoteFaults.found(usage)).isInstanceOf(UsageException.class);
    assertThat(RemoteFaults.found(own)).isSameInstanceAs(own);
  }
}
