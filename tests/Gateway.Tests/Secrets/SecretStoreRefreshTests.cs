using System.Diagnostics.Tracing;
using Gateway.Secrets;
using Gateway.Tests.Credentials;
using Tests.Shared.KeyVault;

namespace Gateway.Tests.Secrets;

public sealed class SecretStoreRefreshTests
{
    [Fact]
    public async Task Refresh_NothingChanged_KeepsTheSnapshotAndIsSilent()
    {
        await using var subject = await VaultedStore.CreateAsync(new WantedSecret("upstream"));
        subject.Vault.Set("upstream", "u");
        await subject.LoadAsync();
        var before = subject.Current;

        await subject.RefreshAsync();
        await subject.RefreshAsync();

        Assert.Same(before, subject.Current);
        Assert.Equal(3, subject.Vault.Count(VaultRoute.Versions));
        Assert.Equal([200], subject.Log.Ids);
    }

    [Fact]
    public async Task Refresh_VaultAwayLater_KeepsTheLastGoodValuesUntilItIsBack()
    {
        await using var subject = await VaultedStore.CreateAsync(new WantedSecret("upstream"));
        subject.Vault.Set("upstream", "old");
        await subject.LoadAsync();
        var before = subject.Current;

        subject.Vault.Away = true;
        subject.Vault.Set("upstream", "new");
        await subject.RefreshAsync();
        await subject.RefreshAsync();
        Assert.Same(before, subject.Current);
        Assert.Null(subject.Store.WaitingFor);

        subject.Vault.Away = false;
        await subject.RefreshAsync();
        Assert.Equal("new", subject.Current.Newest("upstream"));
        Assert.Equal([200, 201, 205, 202], subject.Log.Ids);
    }

    [Theory]
    [InlineData((int)VaultFault.Throttled)]
    [InlineData((int)VaultFault.DeniedByRole)]
    [InlineData((int)VaultFault.DeniedByFirewall)]
    [InlineData((int)VaultFault.TokenRefused)]
    [InlineData((int)VaultFault.Unavailable)]
    [InlineData((int)VaultFault.Gibberish)]
    public async Task Refresh_OneSecretFails_KeepsItAndUpdatesTheOthers(int fault)
    {
        await using var subject = await VaultedStore.CreateAsync(new("failing"), new("fine"));
        subject.Vault.Set("failing", "f-1");
        subject.Vault.Set("fine", "g-1");
        await subject.LoadAsync();

        subject.Vault.Fail("failing", (VaultFault)fault);
        subject.Vault.Set("failing", "f-2");
        subject.Vault.Set("fine", "g-2");
        await subject.RefreshAsync();
        Assert.Equal(("f-1", "g-2"), (subject.Current.Newest("failing"), subject.Current.Newest("fine")));
        Assert.Empty(subject.Store.Missing);

        subject.Vault.Heal();
        await subject.RefreshAsync();
        Assert.Equal("f-2", subject.Current.Newest("failing"));
    }

    [Fact]
    public async Task Refresh_OneSecretHangs_OthersAreUpdatedAfterItsDeadline()
    {
        await using var subject = await VaultedStore.CreateAsync(new("hanging"), new("fine"));
        subject.Vault.Set("hanging", "h-1");
        subject.Vault.Set("fine", "g-1");
        await subject.LoadAsync();

        subject.Vault.Fail("hanging", VaultFault.Hang);
        subject.Vault.Set("fine", "g-2");
        subject.Clock.Advance(VaultedStore.Interval);
        await subject.Vault.Hanging.ReadAsync(TestContext.Current.CancellationToken).Soon();
        // Both of the first load, and that of the secret which is fine.
        await subject.Clock.GivenUpAsync(VaultedStore.Deadline, 3);
        subject.Clock.Advance(VaultedStore.Deadline);
        await subject.Clock.WaitOfAsync(VaultedStore.Interval);

        Assert.Equal(("h-1", "g-2"), (subject.Current.Newest("hanging"), subject.Current.Newest("fine")));
    }

    [Fact]
    public async Task RequestRefresh_UnknownKey_FindsTheNewVersionAtOnce()
    {
        await using var subject = await VaultedStore.CreateAsync(new WantedSecret("caller-a", 2));
        subject.Vault.Set("caller-a", "one");
        await subject.LoadAsync();
        subject.Vault.Set("caller-a", "two");

        subject.Store.RequestRefresh();
        await subject.Clock.WaitOfAsync(VaultedStore.Interval);

        Assert.Equal(["two", "one"], subject.Current["caller-a"]);
    }

    [Fact]
    public async Task RequestRefresh_ManyUnknownKeys_AtMostOneRefreshIn30Seconds()
    {
        await using var subject = await VaultedStore.CreateAsync(new WantedSecret("caller-a"));
        subject.Vault.Set("caller-a", "one");
        await subject.LoadAsync();
        Assert.True(subject.Store.RequestRefresh());
        await subject.Clock.WaitOfAsync(VaultedStore.Interval);

        for (var second = 0; second < 30; second++)
        {
            Assert.False(subject.Store.RequestRefresh());
            subject.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.True(subject.Store.RequestRefresh());
        await subject.Clock.WaitOfAsync(VaultedStore.Interval);
        Assert.Equal(3, subject.Vault.Count(VaultRoute.Versions));
    }

    [Fact]
    public async Task RequestRefresh_DuringARefresh_IsPartOfIt()
    {
        await using var subject = await VaultedStore.CreateAsync(new WantedSecret("caller-a"));
        subject.Vault.Set("caller-a", "one");
        await subject.LoadAsync();
        subject.Vault.Fail("caller-a", VaultFault.Hang);
        subject.Clock.Advance(VaultedStore.Interval);
        await subject.Vault.Hanging.ReadAsync(TestContext.Current.CancellationToken).Soon();

        Assert.False(subject.Store.RequestRefresh());
        subject.Vault.Heal();
        await subject.Clock.WaitOfAsync(VaultedStore.Interval);

        Assert.Equal(2, subject.Vault.Count(VaultRoute.Versions));
        // Had it been kept, the pause that has just begun would be over already; and it has not used up the 30 s.
        Assert.True(subject.Store.RequestRefresh());
        await subject.Clock.WaitOfAsync(VaultedStore.Interval);
        Assert.Equal(3, subject.Vault.Count(VaultRoute.Versions));
    }

    [Fact]
    public async Task RequestRefresh_BeforeTheFirstLoad_KeepsTheRetrySchedule()
    {
        await using var subject = await VaultedStore.CreateAsync(new WantedSecret("caller-a"));
        subject.Vault.Fail("caller-a", VaultFault.Unavailable);
        await subject.StartAsync();
        await subject.Clock.PassAsync(TimeSpan.FromSeconds(1));
        await subject.Clock.WaitOfAsync(TimeSpan.FromSeconds(2));

        Assert.False(subject.Store.RequestRefresh());

        // The pause has the length of the schedule, and was not cut short.
        subject.Vault.Fail("caller-a", VaultFault.Hang);
        subject.Clock.Advance(TimeSpan.FromSeconds(2));
        await subject.Vault.Hanging.ReadAsync(TestContext.Current.CancellationToken).Soon();
        Assert.Equal(3, subject.Vault.Count(VaultRoute.Versions));
    }

    [Fact]
    public async Task Logs_WholeLifeOfASecret_HoldNoValueAndNoHost()
    {
        using var sdk = new SdkEvents();
        var value = $"s3cret-{Guid.NewGuid():n}";
        await using var subject = await VaultedStore.CreateAsync(new("caller-a", 2), new("upstream"));
        subject.Vault.Away = true;
        await subject.StartAsync();
        await subject.Clock.WaitOfAsync(TimeSpan.FromSeconds(1));
        subject.Vault.Away = false;
        var version = subject.Vault.Set("caller-a", value);
        subject.Vault.Set("upstream", value);
        subject.Clock.Advance(TimeSpan.FromSeconds(1));
        await subject.Clock.WaitOfAsync(VaultedStore.Interval);
        subject.Vault.Set("caller-a", value + "-2");
        await subject.RefreshAsync();
        version.Enabled = false;
        subject.Vault.Fail("upstream", VaultFault.DeniedByRole);
        await subject.RefreshAsync();
        subject.Vault.Heal();
        subject.Vault.Delete("caller-a");
        await subject.RefreshAsync();

        Assert.Equal([201, 200, 202, 205, 205, 201, 204, 202], subject.Log.Ids);
        var host = subject.Vault.Uri.Host;
        foreach (var text in (string[])[subject.Log.Text, sdk.Text, subject.Current.ToString(), subject.Store.ToString()!])
        {
            Assert.DoesNotContain(value, text, StringComparison.Ordinal);
            Assert.DoesNotContain(host, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Stop_WhileTheVaultHangs_EndsTheLoadWithoutAFailure()
    {
        await using var subject = await VaultedStore.CreateAsync(new WantedSecret("upstream"));
        subject.Vault.Fail("upstream", VaultFault.Hang);
        await subject.StartAsync();
        await subject.Vault.Hanging.ReadAsync(TestContext.Current.CancellationToken).Soon();

        await subject.Store.StopAsync(TestContext.Current.CancellationToken).Soon();

        Assert.True(subject.Store.ExecuteTask!.IsCanceled);
        Assert.Empty(subject.Log.Ids);
    }

    /// <summary>Everything that the SDK tells a listener at its most talkative.</summary>
    private sealed class SdkEvents : EventListener
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _events = new();

        public string Text => string.Join('\n', _events);

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name.StartsWith("Azure-", StringComparison.Ordinal))
                EnableEvents(eventSource, EventLevel.Verbose);
        }

        // The base constructor may call this before _events is set.
        protected override void OnEventWritten(EventWrittenEventArgs eventData) =>
            _events?.Enqueue($"{eventData.EventName} {string.Join(' ', eventData.Payload ?? new([]))}");
    }
}
