using Gateway.Secrets;
using Gateway.Tests.Credentials;
using Tests.Shared.KeyVault;

namespace Gateway.Tests.Secrets;

public sealed class SecretStoreLoadTests
{
    [Fact]
    public async Task Start_VaultHangs_DoesNotBlockTheHost()
    {
        await using var subject = await VaultedStore.CreateAsync(new WantedSecret("upstream"));
        subject.Vault.Fail("upstream", VaultFault.Hang);

        await subject.StartAsync().Soon();

        await subject.Vault.Hanging.ReadAsync(TestContext.Current.CancellationToken).Soon();
        Assert.Null(subject.Store.Current);
        Assert.Equal("Key Vault: no answer yet", subject.Store.WaitingFor);
    }

    [Fact]
    public async Task Load_AllSecretsPresent_IsReady()
    {
        await using var subject = await VaultedStore.CreateAsync(new("upstream"), new("end-user-key"));
        subject.Vault.Set("upstream", "u-1");
        subject.Vault.Set("end-user-key", "e-1");

        await subject.StartAsync();
        var snapshot = await subject.Store.LoadedAsync(TestContext.Current.CancellationToken).Soon();

        Assert.Same(subject.Store.Current, snapshot);
        Assert.Equal(1, snapshot.Version);
        Assert.Equal("u-1", snapshot.Newest("upstream"));
        Assert.Equal(["e-1"], snapshot["END-USER-KEY"]);
        Assert.Null(subject.Store.WaitingFor);
        Assert.Empty(subject.Store.Missing);
    }

    [Fact]
    public async Task Load_SeveralSecrets_ReadsThemInParallel()
    {
        await using var subject = await VaultedStore.CreateAsync(new("a"), new("b"), new("c"));
        foreach (var name in (string[])["a", "b", "c"])
        {
            subject.Vault.Set(name, name);
            subject.Vault.Fail(name, VaultFault.Hang);
        }

        await subject.StartAsync();

        var hanging = new List<string>();
        while (hanging.Count < 3)
            hanging.Add(await subject.Vault.Hanging.ReadAsync(TestContext.Current.CancellationToken).Soon());
        Assert.Equal(["a", "b", "c"], hanging.Order());
        subject.Vault.Heal();
        await subject.Store.LoadedAsync(TestContext.Current.CancellationToken).Soon();
    }

    [Fact]
    public async Task Load_OneSecretHangs_FailsAfterItsDeadlineAndIsRetried()
    {
        await using var subject = await VaultedStore.CreateAsync(new("slow"), new("quick"));
        subject.Vault.Set("slow", "s");
        subject.Vault.Set("quick", "q");
        subject.Vault.Fail("slow", VaultFault.Hang);
        await subject.StartAsync();
        await subject.Vault.Hanging.ReadAsync(TestContext.Current.CancellationToken).Soon();

        subject.Clock.Advance(VaultedStore.Deadline);
        await subject.Clock.WaitOfAsync(TimeSpan.FromSeconds(1));

        Assert.Null(subject.Store.Current);
        Assert.Equal("Key Vault: no answer in time", subject.Store.WaitingFor);
        subject.Vault.Heal();
        subject.Clock.Advance(TimeSpan.FromSeconds(1));
        var snapshot = await subject.Store.LoadedAsync(TestContext.Current.CancellationToken).Soon();
        Assert.Equal("s", snapshot.Newest("slow"));
        Assert.Equal("q", snapshot.Newest("quick"));
    }

    [Fact]
    public async Task Load_VaultAwayAtStart_RetriesOnScheduleUntilItIsBack()
    {
        await using var subject = await VaultedStore.CreateAsync(new WantedSecret("upstream"));
        subject.Vault.Set("upstream", "u");
        subject.Vault.Away = true;
        await subject.StartAsync();

        foreach (var seconds in (int[])[1, 2, 4, 8, 15])
            await subject.Clock.PassAsync(TimeSpan.FromSeconds(seconds));
        await subject.Clock.WaitOfAsync(TimeSpan.FromSeconds(15));
        Assert.Equal("Key Vault: cannot be reached", subject.Store.WaitingFor);
        subject.Vault.Away = false;
        subject.Clock.Advance(TimeSpan.FromSeconds(15));

        var snapshot = await subject.Store.LoadedAsync(TestContext.Current.CancellationToken).Soon();
        Assert.Equal("u", snapshot.Newest("upstream"));
        Assert.Null(subject.Store.WaitingFor);
    }

    [Theory]
    [InlineData((int)VaultFault.Throttled, "Key Vault: throttled")]
    [InlineData((int)VaultFault.DeniedByRole, "Key Vault: access denied (the identity needs the role Key Vault Secrets User)")]
    [InlineData((int)VaultFault.DeniedByFirewall, "Key Vault: access denied (its firewall does not let this app in)")]
    [InlineData((int)VaultFault.TokenRefused, "Key Vault: the identity's token was refused")]
    [InlineData((int)VaultFault.Unavailable, "Key Vault: failing (HTTP 503)")]
    [InlineData((int)VaultFault.Gibberish, "Key Vault: unexpected answer (JsonReaderException)")]
    public async Task Load_VaultRefuses_SaysWhyAndAsksOnceAnAttempt(int fault, string waitingFor)
    {
        await using var subject = await VaultedStore.CreateAsync(new WantedSecret("upstream"));
        subject.Vault.Set("upstream", "u");
        subject.Vault.Fail("upstream", (VaultFault)fault);
        await subject.StartAsync();

        await subject.Clock.WaitOfAsync(TimeSpan.FromSeconds(1));

        Assert.Equal(waitingFor, subject.Store.WaitingFor);
        Assert.Equal(1, subject.Vault.Count(VaultRoute.Versions));
        subject.Vault.Heal();
        subject.Clock.Advance(TimeSpan.FromSeconds(1));
        await subject.Store.LoadedAsync(TestContext.Current.CancellationToken).Soon();
    }

    [Fact]
    public async Task Load_EachSecretReadInAnotherAttempt_IsLoaded()
    {
        await using var subject = await VaultedStore.CreateAsync(new("a"), new("b"));
        subject.Vault.Set("a", "a-1");
        subject.Vault.Set("b", "b-1");
        subject.Vault.Fail("b", VaultFault.Unavailable);
        await subject.StartAsync();
        await subject.Clock.WaitOfAsync(TimeSpan.FromSeconds(1));
        Assert.Null(subject.Store.Current);
        subject.Vault.Heal();
        subject.Vault.Fail("a", VaultFault.Unavailable);

        subject.Clock.Advance(TimeSpan.FromSeconds(1));

        var snapshot = await subject.Store.LoadedAsync(TestContext.Current.CancellationToken).Soon();
        Assert.Equal(("a-1", "b-1"), (snapshot.Newest("a"), snapshot.Newest("b")));
    }

    [Fact]
    public async Task LoadedAsync_WaiterCancelled_LoadGoesOn()
    {
        await using var subject = await VaultedStore.CreateAsync(new WantedSecret("upstream"));
        subject.Vault.Set("upstream", "u");
        subject.Vault.Fail("upstream", VaultFault.Hang);
        await subject.StartAsync();
        await subject.Vault.Hanging.ReadAsync(TestContext.Current.CancellationToken).Soon();
        using var caller = new CancellationTokenSource();
        var cancelled = subject.Store.LoadedAsync(caller.Token).AsTask();
        var patient = subject.Store.LoadedAsync(TestContext.Current.CancellationToken).AsTask();

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Soon());
        subject.Vault.Heal();
        Assert.Equal("u", (await patient.Soon()).Newest("upstream"));
        Assert.Equal(1, subject.Vault.Count(VaultRoute.Versions));
    }

    [Fact]
    public async Task Load_NothingWanted_IsLoaded()
    {
        await using var subject = await VaultedStore.CreateAsync();

        await subject.LoadAsync();

        Assert.Equal(1, subject.Current.Version);
    }

    [Fact]
    public async Task Challenge_ResourceOfTheVaultsDomain_IsVerifiedAndGivesScopeAndTenant()
    {
        await using var subject = await VaultedStore.CreateAsync(new WantedSecret("upstream"));
        subject.Vault.Set("upstream", "u");

        await subject.LoadAsync();
        await subject.RefreshAsync();

        var asked = Assert.Single(subject.Vault.Credential.Asked);
        Assert.Equal([$"https://{FakeKeyVault.Domain}/.default"], asked.Scopes);
        Assert.Equal("6f8d4a1e-0000-4000-8000-000000000001", asked.TenantId);
        Assert.Equal(1, subject.Vault.Count(VaultRoute.Challenge));
    }

    /// <summary>Before the first load a stranger's wait is as long as anybody's.</summary>
    [Fact]
    public async Task Wait_ThatIsOver_LeavesNothing()
    {
        await using var subject = await VaultedStore.CreateAsync(new WantedSecret("upstream"));

        var waiter = await WaitAsync();
        GC.Collect();

        Assert.False(waiter.IsAlive);

        async Task<WeakReference> WaitAsync()
        {
            using var hangUp = new CancellationTokenSource();
            Assert.Null(await subject.Store.LoadedAsync(TimeSpan.Zero, hangUp.Token));
            return new WeakReference(hangUp);
        }
    }
}
