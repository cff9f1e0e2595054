using Gateway.Secrets;
using Gateway.Tests.Credentials;
using Tests.Shared.KeyVault;

namespace Gateway.Tests.Secrets;

/// <summary>Which versions of a secret count, and what becomes of them.</summary>
public sealed class SecretVersionTests
{
    private const string Caller = "caller-elevenlabs";

    [Theory]
    [InlineData(1, new[] { "third" })]
    [InlineData(2, new[] { "third", "second" })]
    public async Task Versions_MoreThanWanted_NewestFirst(int wanted, string[] expected)
    {
        await using var subject = await VaultedStore.CreateAsync(new WantedSecret(Caller, wanted));
        subject.Vault.Set(Caller, "first");
        subject.Vault.Set(Caller, "second");
        subject.Vault.Set(Caller, "third");

        await subject.LoadAsync();

        Assert.Equal(expected, subject.Current[Caller]);
        Assert.Equal(wanted, subject.Vault.Count(VaultRoute.Version));
        Assert.Equal(0, subject.Vault.Count(VaultRoute.Newest));
    }

    [Fact]
    public async Task Versions_OnSeveralPagesInAnyOrder_AllPagesAreRead()
    {
        await using var subject = await VaultedStore.CreateAsync(new WantedSecret(Caller, 2));
        subject.Vault.PageSize = 2;
        var day = PacedClock.Origin.AddDays(-10);
        foreach (var (value, age) in (ReadOnlySpan<(string, int)>)[("c", 3), ("a", 1), ("e", 5), ("d", 4), ("b", 2)])
            subject.Vault.Set(Caller, value, day.AddDays(-age));

        await subject.LoadAsync();

        Assert.Equal(["a", "b"], subject.Current[Caller]);
        Assert.Equal(3, subject.Vault.Count(VaultRoute.Versions));
    }

    [Fact]
    public async Task Versions_OfOneSecond_DoNotSwapBetweenRefreshes()
    {
        await using var subject = await VaultedStore.CreateAsync(new WantedSecret(Caller, 2));
        subject.Vault.Set(Caller, "one", PacedClock.Origin);
        subject.Vault.Set(Caller, "two", PacedClock.Origin);
        await subject.LoadAsync();
        var before = subject.Current;

        subject.Vault.ListsBackwards = true;
        await subject.RefreshAsync();

        Assert.Same(before, subject.Current);
    }

    [Fact]
    public async Task Versions_DisabledExpiredOrNotYetValid_DoNotCount()
    {
        await using var subject = await VaultedStore.CreateAsync(new WantedSecret(Caller, 2));
        subject.Vault.Set(Caller, "good");
        subject.Vault.Set(Caller, "disabled").Enabled = false;
        subject.Vault.Set(Caller, "expired").Expires = PacedClock.Origin;
        subject.Vault.Set(Caller, "early").NotBefore = PacedClock.Origin.AddHours(1);
        subject.Vault.Set(Caller, "disabled while it was read").DisabledBehindList = true;
        var dated = subject.Vault.Set(Caller, "dated");
        (dated.NotBefore, dated.Expires) = (PacedClock.Origin, PacedClock.Origin.AddHours(1));

        await subject.LoadAsync();

        Assert.Equal(["dated", "good"], subject.Current[Caller]);
        // These two, and the one that was still enabled when it was listed.
        Assert.Equal(3, subject.Vault.Count(VaultRoute.Version));
    }

    [Fact]
    public async Task Rotation_NewVersion_BothAreAcceptedThenTheOldestGoes()
    {
        await using var subject = await VaultedStore.CreateAsync(new WantedSecret(Caller, 2));
        subject.Vault.Set(Caller, "one");
        await subject.LoadAsync();
        var first = subject.Current;

        subject.Vault.Set(Caller, "two");
        await subject.RefreshAsync();
        Assert.Equal(["two", "one"], subject.Current[Caller]);
        Assert.Equal(2, subject.Current.Version);
        Assert.Equal(["one"], first[Caller]);

        subject.Vault.Set(Caller, "three");
        await subject.RefreshAsync();
        Assert.Equal(["three", "two"], subject.Current[Caller]);
        Assert.Equal(2, subject.Log.Count(205));
    }

    [Fact]
    public async Task Revocation_OldVersionDisabled_IsDroppedByTheNextRefresh()
    {
        await using var subject = await VaultedStore.CreateAsync(new WantedSecret(Caller, 2));
        var old = subject.Vault.Set(Caller, "old");
        subject.Vault.Set(Caller, "new");
        await subject.LoadAsync();

        old.Enabled = false;
        await subject.RefreshAsync();

        Assert.Equal(["new"], subject.Current[Caller]);
        Assert.Empty(subject.Store.Missing);
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("disabled")]
    [InlineData("expired")]
    public async Task Revocation_WholeSecret_IsAbsentAfterTheNextRefreshAndCanReturn(string how)
    {
        await using var subject = await VaultedStore.CreateAsync(new WantedSecret(Caller, 2));
        var only = subject.Vault.Set(Caller, "key");
        await subject.LoadAsync();

        if (how == "deleted")
            subject.Vault.Delete(Caller);
        else if (how == "disabled")
            only.Enabled = false;
        else
            only.Expires = PacedClock.Origin;
        await subject.RefreshAsync();

        Assert.Empty(subject.Current[Caller]);
        Assert.Null(subject.Current.Newest(Caller));
        Assert.Equal([Caller], subject.Store.Missing);
        Assert.Null(subject.Store.WaitingFor);
        Assert.Equal(1, subject.Log.Count(204));

        subject.Vault.Set(Caller, "new key");
        await subject.RefreshAsync();
        Assert.Equal(["new key"], subject.Current[Caller]);
        Assert.Empty(subject.Store.Missing);
        Assert.Equal(1, subject.Log.Count(203));
    }

    [Fact]
    public async Task Expiry_WhileRunning_IsSeenByTheNextRefresh()
    {
        await using var subject = await VaultedStore.CreateAsync(new WantedSecret(Caller, 2));
        subject.Vault.Set(Caller, "key").Expires = PacedClock.Origin.AddMinutes(1);
        await subject.LoadAsync();
        Assert.Equal(["key"], subject.Current[Caller]);

        await subject.RefreshAsync();

        Assert.Empty(subject.Current[Caller]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Absent_AtStart_CountsAsLoadedAndIsNamed(bool notFound)
    {
        await using var subject = await VaultedStore.CreateAsync(new(Caller, 2), new("upstream"));
        subject.Vault.UnknownSecretsAre404 = notFound;
        subject.Vault.Set("upstream", "u");

        await subject.LoadAsync();

        Assert.Equal([Caller], subject.Store.Missing);
        Assert.Empty(subject.Current[Caller]);
        Assert.Null(subject.Store.WaitingFor);
        Assert.Equal([200, 206], subject.Log.Ids);
    }

    [Fact]
    public async Task Value_PastedWithBlanksAndLineEnd_IsTrimmedAndBlankOneDoesNotCount()
    {
        await using var subject = await VaultedStore.CreateAsync(new WantedSecret(Caller, 2));
        subject.Vault.Set(Caller, " key \r\n");
        subject.Vault.Set(Caller, "\n");

        await subject.LoadAsync();

        Assert.Equal(["key"], subject.Current[Caller]);
    }

    [Fact]
    public async Task Wanted_SameSecretTwice_IsReadOnceWithTheLargerNumber()
    {
        await using var subject = await VaultedStore.CreateAsync(new(Caller), new(Caller.ToUpperInvariant(), 2));
        subject.Vault.Set(Caller, "one");
        subject.Vault.Set(Caller, "two");
        subject.Vault.PageSize = 10;

        await subject.LoadAsync();

        Assert.Equal(["two", "one"], subject.Current[Caller]);
        Assert.Equal(1, subject.Vault.Count(VaultRoute.Versions));
    }
}
