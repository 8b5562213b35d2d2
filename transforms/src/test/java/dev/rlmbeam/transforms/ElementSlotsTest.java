package dev.rlmbeam.transforms;

import static com.google.common.truth.Truth.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ElementSlotsTest {

  @Test
  void admitsUpToTheCountAndAgainAfterARelease() throws InterruptedException {
    ElementSlots slots = new ElementSlots(2, 100);
    ElementSlots.Request first = slots.request(0);
    slots.request(0);
    ElementSlots.Request third = slots.request(0);

    assertThat(third.await(0)).isFalse();
    first.release();

    assertThat(third.await(0)).isTrue();
    assertThat(slots.inUse()).isEqualTo(2);
  }

  @Test
  void countsBytesToo() throws InterruptedException {
    ElementSlots slots = new ElementSlots(10, 100);
    ElementSlots.Request first = slots.request(60);
    ElementSlots.Request second = slots.request(41);

    assertThat(first.await(0)).isTrue();
    assertThat(second.await(0)).isFalse();
    first.release();
    assertThat(second.await(0)).isTrue();
  }

  @Test
  void admitsAnElementAboveTheBudgetAlone() throws InterruptedException {
    ElementSlots slots = new ElementSlots(10, 100);
    ElementSlots.Request small = slots.request(1);
    ElementSlots.Request huge = slots.request(1_000);
    ElementSlots.Request after = slots.request(1);

    assertThat(huge.await(0)).isFalse();
    small.release();
    assertThat(huge.await(0)).isTrue();
    assertThat(after.await(0)).isFalse();
    huge.release();
    assertThat(after.await(0)).isTrue();
  }

  @Test
  void doesNotLetSmallOnesPassALargeOneThatCameFirst() throws InterruptedException {
    ElementSlots slots = new ElementSlots(10, 100);
    ElementSlots.Request holder = slots.request(80);
    ElementSlots.Request large = slots.request(50);
    ElementSlots.Request small = slots.request(1);

    assertThat(large.await(0)).isFalse();
    assertThat(small.await(0)).isFalse();
    holder.release();
    assertThat(large.await(0)).isTrue();
    assertThat(small.await(0)).isTrue();
  }

  @Test
  void aRequestThatLeavesTheLineLetsTheNextOneIn() throws InterruptedException {
    ElementSlots slots = new ElementSlots(10, 100);
    slots.request(80);
    ElementSlots.Request large = slots.request(50);
    ElementSlots.Request small = slots.request(1);

    large.release();

    assertThat(small.await(0)).isTrue();
    assertThat(slots.inUse()).isEqualTo(2);
  }

  @Test
  void releasingTwiceGivesOneSlotBack() {
    ElementSlots slots = new ElementSlots(2, 100);
    ElementSlots.Request first = slots.request(0);
    slots.request(0);

    first.release();
    first.release();

    assertThat(slots.inUse()).isEqualTo(1);
  }
}
