package dev.rlmbeam.sandbox.testing.emulator;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.Any;
import dev.rlmbeam.sandbox.modal.proto.AuthTokenGetRequest;
import dev.rlmbeam.sandbox.modal.proto.GenericResult.GenericStatus;
import dev.rlmbeam.sandbox.modal.proto.RPCRetryPolicy;
import dev.rlmbeam.sandbox.modal.proto.RPCStatus;
import dev.rlmbeam.sandbox.modal.proto.SandboxCreateV2Request;
import dev.rlmbeam.sandbox.modal.proto.SandboxListRequest;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes wrong on purpose, and how it is counted. */
@Timeout(60)
final class FaultsTest {
  private static final SandboxListRequest LIST = SandboxListRequest.getDefaultInstance();

  @RegisterExtension
  static final ModalEmulatorExtension MODAL =
      ModalEmulatorExtension.with(EmulatorOptions.defaults());

  private Caller caller;

  @BeforeEach
  void connect() {
    caller = new Caller(MODAL.emulator());
  }

  @AfterEach
  void disconnect() {
    MODAL.emulator().faults().stopAll();
    caller.close();
  }

  private static InjectedFault inject(String text) {
    return MODAL.emulator().faults().inject(text);
  }

  @Test
  void callsFailSoOften() {
    InjectedFault fault = inject("rpc-fail:rpc=SandboxList,code=UNAVAILABLE,times=2");

    for (int i = 0; i < 2; i++) {
      assertThat(Caller.refusal(() -> caller.withToken().sandboxList(LIST)).getCode())
          .isEqualTo(Status.Code.UNAVAILABLE);
    }

    assertThat(caller.withToken().sandboxList(LIST)).isNotNull();
    assertThat(caller.api().sandboxListV2(LIST)).isNotNull();
    assertThat(fault.struck()).isEqualTo(2);
  }

  @Test
  void callsFailAtARate() {
    InjectedFault fault = inject("rpc-fail:rpc=SandboxList*,rate=0.5");
    int failed = 0;
    for (int i = 0; i < 60; i++) {
      try {
        var unused = caller.withToken().sandboxList(LIST);
      } catch (StatusRuntimeException e) {
        failed++;
      }
    }

    assertThat(fault.struck()).isEqualTo(failed);
    assertThat(failed).isAtLeast(10);
    assertThat(failed).isAtMost(50);
  }

  @Test
  void aCreationThatFailsAfterTheWorkIsDoneIsMadeOnce() {
    SandboxCreateV2Request request =
        SandboxCreateV2Request.newBuilder()
            .setAppId(caller.app("tests"))
            .setDefinition(caller.definition("sleep", "600"))
            .build();
    int before = MODAL.emulator().sandboxes().size();
    inject("rpc-fail:rpc=SandboxCreateV2,when=after,times=1");

    Status status =
        Caller.refusal(() -> caller.api("x-idempotency-key", "lost").sandboxCreateV2(request));
    String id = caller.api("x-idempotency-key", "lost").sandboxCreateV2(request).getSandboxId();

    assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(MODAL.emulator().sandboxes()).hasSize(before + 1);
    assertThat(MODAL.emulator().sandboxes().get(before).id()).isEqualTo(id);
  }

  @Test
  void callsAreSlow() {
    InjectedFault fault = inject("rpc-slow:rpc=SandboxList,delay=300ms,times=1");
    long start = System.nanoTime();

    var unused = caller.withToken().sandboxList(LIST);

    assertThat(System.nanoTime() - start).isAtLeast(300_000_000L);
    assertThat(fault.struck()).isEqualTo(1);
  }

  private static float retryAfter(StatusRuntimeException e) throws Exception {
    Metadata trailers = e.getTrailers();
    RPCStatus status = RPCStatus.parseFrom(trailers.get(Refusals.DETAILS));
    Any detail = status.getDetails(0);
    assertThat(status.getCode()).isEqualTo(8);
    assertThat(detail.getTypeUrl()).isEqualTo("type.modal.com/modal.client.RPCRetryPolicy");
    return RPCRetryPolicy.parseFrom(detail.getValue()).getRetryAfterSecs();
  }

  @Test
  void callsArePutOffInModalsWords() throws Exception {
    inject("rpc-throttle:rpc=SandboxList,retryAfter=700ms,times=1");

    StatusRuntimeException e =
        assertThrows(StatusRuntimeException.class, () -> caller.withToken().sandboxList(LIST));

    assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(retryAfter(e)).isWithin(1e-6f).of(0.7f);
  }

  @Test
  void creationsBeyondARateArePutOff() throws Exception {
    InjectedFault fault = inject("create-rate:perSecond=2");
    var request = SandboxCreateV2Request.getDefaultInstance();
    List<StatusRuntimeException> putOff = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      StatusRuntimeException e =
          assertThrows(StatusRuntimeException.class, () -> caller.api().sandboxCreateV2(request));
      if (e.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED) {
        putOff.add(e);
      }
    }

    // Those that got through are refused for what they are.
    assertThat(putOff).isNotEmpty();
    assertThat(putOff.size()).isAtMost(3);
    assertThat(retryAfter(putOff.get(0))).isWithin(1e-6f).of(0.5f);
    assertThat(fault.struck()).isEqualTo(putOff.size());
  }

  @ParameterizedTest
  @CsvSource({
    "sandbox-evict, GENERIC_STATUS_MEMORY_MANAGER_EVICTION",
    "sandbox-terminate, GENERIC_STATUS_TERMINATED"
  })
  void sandboxesDie(String kind, GenericStatus status) {
    InjectedFault fault = inject(kind + ":after=200ms,times=1");
    String id = caller.create(caller.definition("sleep", "600")).getSandboxId();
    String lucky = caller.create(caller.definition("sleep", "600")).getSandboxId();

    assertThat(caller.await(id, 30).getResult().getStatus()).isEqualTo(status);

    assertThat(fault.sandboxIds()).containsExactly(id);
    assertThat(caller.await(lucky, 0).hasResult()).isFalse();
  }

  @Test
  void anAuthTokenThatLooksExpiredIsGood() {
    InjectedFault fault = inject("auth-clock-skew:by=1m,times=1");

    String token =
        caller.withToken().authTokenGet(AuthTokenGetRequest.getDefaultInstance()).getToken();

    assertThat(caller.withToken("x-modal-auth-token", token).sandboxListV2(LIST)).isNotNull();
    assertThat(fault.struck()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "no-such-thing|there is no fault no-such-thing; there are rpc-slow,",
        "rpc-slow:rpc=A|rpc-slow needs delay=",
        "rpc-slow:delay=2|delay must be such as 500ms, 2s or 1m, but was 2",
        "rpc-fail:code=OK|code must be a gRPC status code other than OK",
        "rpc-fail:colour=red|rpc-fail has no colour; it has rpc, code, when, rate, times",
        "tunnel-drop:rate=2|rate must be from 0 to 1, but was 2",
        "tunnel-drop:times=0|times must be 1, 2 and so on, but was 0",
        "tunnel-drop:after|not NAME=VALUE",
        "create-rate:perSecond=0|perSecond must be above 0"
      })
  void badTextsSayWhatIsWrong(String text, String says) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Fault.parse(text));

    assertThat(e).hasMessageThat().contains(says);
  }

  @Test
  void itsTextReadsBack() {
    Fault fault = Fault.parse("rpc-fail:rpc=SandboxCreate*,code=INTERNAL,rate=0.25");

    assertThat(Fault.parse(fault.toString())).isEqualTo(fault);
    assertThat(fault.concerns("SandboxCreateV2")).isTrue();
    assertThat(fault.concerns("SandboxWait")).isFalse();
  }
}
