namespace WebhookKit.Storage;

/// <summary>Says which two fields of a node link it into an <see cref="IntrusiveList{TNode, TLinks}"/>.</summary>
internal interface ILinks<TNode>
    where TNode : class
{
    static abstract ref TNode? Previous(TNode node);

    static abstract ref TNode? Next(TNode node);
}
